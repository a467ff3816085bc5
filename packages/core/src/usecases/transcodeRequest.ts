import { Effect, ParseResult, Schema } from "effect"
import { FileKey } from "../domain/FileKey.ts"
import { BaseName } from "../domain/FileNames.ts"
import { defaultPlan, TranscodingPlan } from "../domain/TranscodingPlan.ts"
import type { TranscodingSettings } from "../domain/TranscodingSettings.ts"
import { InvalidRequest } from "./errors.ts"

/** What the host asks for. */
export interface TranscodeVideo {
  /** The video's key in storage. The file stays the host's; it must stay there while there are jobs. */
  readonly path: string
  /** The folder in storage that receives what is made. */
  readonly destination: string
  /** Starts the names of the files made. */
  readonly baseName?: string | undefined
  /** Settings for this video alone; what is left out is as configured. */
  readonly settings?: Partial<TranscodingSettings> | undefined
  /** What to make of it; what is left out is as in `TranscodingPlan.defaultPlan`. */
  readonly plan?: Partial<Omit<TranscodingPlan, "settings">> | undefined
}

/** Short enough that every name that is made in it is still a key. */
export const Destination: Schema.Schema<FileKey, string> = FileKey.pipe(
  Schema.maxLength(800, { message: () => "expected at most 800 characters" })
)

const Request = Schema.Struct({
  path: FileKey,
  destination: Destination,
  baseName: Schema.OptionFromUndefinedOr(BaseName),
  plan: TranscodingPlan
})

/** Says what is wrong with a request. */
export const invalid = (error: ParseResult.ParseError): InvalidRequest =>
  new InvalidRequest({
    detail: ParseResult.ArrayFormatter.formatErrorSync(error)
      .map(({ message, path }) => `${path.join(".")}: ${message}`)
      .join("; ")
  })

/** What was given of some options. */
export const given = (options: object = {}): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** The request with its settings complete. Hosts hand on what their own callers sent, so all of it is checked. */
export const decodeRequest = (
  { baseName, destination, path, plan, settings }: TranscodeVideo,
  configured: TranscodingSettings
): Effect.Effect<typeof Request.Type, InvalidRequest> =>
  Effect.mapError(
    Schema.decodeUnknown(Request, { errors: "all" })({
      path,
      destination,
      baseName,
      plan: { ...defaultPlan, ...given(plan), settings: { ...configured, ...given(settings) } }
    }),
    invalid
  )
