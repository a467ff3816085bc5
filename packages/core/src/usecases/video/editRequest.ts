import { Effect, Schema } from "effect"
import { StudioTasks } from "../../domain/studio/StudioTasks.ts"
import { BaseName } from "../../domain/video/FileNames.ts"
import type { InvalidRequest } from "../errors.ts"
import { Destination, hostFields, invalid, type TranscodeVideo } from "./transcodeRequest.ts"

/** The tasks of an edit, in order. */
export type EditTasks = ReadonlyArray<(typeof StudioTasks.Encoded)[number]>

/** The edit changes the video itself. */
export interface EditSame {
  readonly into?: "same" | undefined
  /** Keep the old source. The plan of the video decides when absent. */
  readonly keepSource?: boolean | undefined
}

/**
 * The edit makes another video, with the facts of the host as in `TranscodeVideo`. A missing title, file name or base name
 * is that of the edited video.
 */
export interface EditIntoNew extends Pick<TranscodeVideo, "externalId" | "fileName" | "metadata" | "title"> {
  readonly into: "new"
  /** The folder in storage that receives the files. A new one beside that of the edited video when absent. */
  readonly destination?: string | undefined
  /** The prefix of the file names. */
  readonly baseName?: string | undefined
}

const Same = Schema.Struct({
  into: Schema.optionalWith(Schema.Literal("same"), { default: () => "same" as const }),
  keepSource: Schema.optional(Schema.Boolean)
})

const IntoNew = Schema.Struct({
  into: Schema.Literal("new"),
  destination: Schema.OptionFromUndefinedOr(Destination),
  baseName: Schema.OptionFromUndefinedOr(BaseName),
  ...hostFields
})
export type IntoNew = typeof IntoNew.Type

const decode = <A, I>(schema: Schema.Schema<A, I>, given: unknown): Effect.Effect<A, InvalidRequest> =>
  // Options of the other kind of edit are rejected, because they would have no effect.
  Effect.mapError(Schema.decodeUnknown(schema, { errors: "all", onExcessProperty: "error" })(given), invalid)

/** The checked tasks. */
export const decodeTasks = (tasks: EditTasks): Effect.Effect<StudioTasks, InvalidRequest> =>
  Effect.mapError(Schema.decodeUnknown(StudioTasks, { errors: "all" })(tasks), invalid)

/** The checked options. */
export const decodeOptions = (
  options: EditSame | EditIntoNew = {}
): Effect.Effect<typeof Same.Type | IntoNew, InvalidRequest> =>
  options.into === "new" ? decode(IntoNew, options) : decode(Same, options)
