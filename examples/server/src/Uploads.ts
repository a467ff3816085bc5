import { type FileSystem, Path } from "@effect/platform"
import { ConnectorConfig, DisplayText, HostData, UploadedFile } from "@runner-connector/core"
import { BodySource, Parameters, type ProtocolErrors, RequestBody, Spool } from "@runner-connector/protocol"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { inForm } from "./PlanFields.ts"
import { Settings } from "./Settings.ts"

type FormError =
  | BodySource.ReadError
  | ProtocolErrors.BodyTooLarge
  | ProtocolErrors.UnsupportedBody
  | ProtocolErrors.SpoolError

const File = UploadedFile.UploadedFile.schema

/** The title in a form. Browsers send an empty text for a field that was left empty. */
export const FormTitle = Schema.optional(
  Schema.transform(Schema.String, Schema.UndefinedOr(DisplayText.DisplayText), {
    strict: true,
    decode: (text) => (text === "" ? undefined : text),
    encode: (title) => title ?? ""
  })
)

const texts = {
  /** Absent or empty: the video is shown under the name of its file. */
  title: FormTitle,
  externalId: Schema.optional(HostData.ExternalId),
  /** A JSON object as text. */
  metadata: Schema.optional(Schema.compose(Schema.parseJson(), HostData.GivenMetadata)),
  ...inForm
}

/** What a client says about a new video, as texts. */
export const hostFields = Schema.Struct(texts)

const Form = Schema.Struct({
  videoFile: File,
  /** The thumbnail, or the picture of an audio file. */
  previewFile: Schema.optional(File),
  ...texts
})

/** An uploaded video with its plan. */
export type Upload = typeof Form.Type

const files = new Set(["videoFile", "previewFile"])

/** Receives forms with files. */
export class Uploads extends Context.Tag("@runner-connector/example-server/Uploads")<
  Uploads,
  {
    /** Streams the files of the form to the disk, calls `use`, and removes what is left of them. */
    readonly receive: <A, E, R>(
      request: Request,
      use: (upload: Upload) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | FormError | ProtocolErrors.InvalidParameters, R>
    /** Like `receive`, for a form with optional files of these names. `use` gets all fields. */
    readonly receiveForm: <A, E, R>(
      request: Request,
      files: ReadonlySet<string>,
      use: (form: object) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | FormError, R>
  }
>() {}

/** The form's file with this name. */
export const fileOf = (body: object, name: string): Option.Option<UploadedFile.UploadedFile> =>
  Option.filter(
    Option.fromNullable((body as Record<string, unknown>)[name]),
    (value) => value instanceof UploadedFile.UploadedFile
  )

const make = Effect.gen(function* () {
  const { dataDir, maxUploadSize } = yield* Settings
  const { maxJsonSize } = yield* ConnectorConfig.ConnectorConfig
  const path = yield* Path.Path
  const spool = yield* Spool.make(Option.some(path.join(dataDir, "spool")))

  const receiveForm: Uploads["Type"]["receiveForm"] = (request, files, use) =>
    Effect.gen(function* () {
      const source = yield* BodySource.make(request, Option.none())
      const folder = yield* spool.folder
      const work = Effect.gen(function* () {
        const body = yield* RequestBody.receive(source, request, {
          config: { maxFileSize: maxUploadSize, maxJsonSize },
          spool,
          folder,
          files,
          mayUpload: () => Effect.succeed(true)
        }).pipe(Effect.tapError(() => source.drain))
        return yield* use(body)
      })
      return yield* Effect.ensuring(work, folder.release)
    }).pipe(Effect.scoped)

  return Uploads.of({
    receiveForm,
    receive: (request, use) => receiveForm(request, files, (body) => Effect.flatMap(Parameters.ofBody(Form, body), use))
  })
})

export const layer: Layer.Layer<
  Uploads,
  ProtocolErrors.SpoolError,
  Settings | ConnectorConfig.ConnectorConfig | FileSystem.FileSystem | Path.Path
> = Layer.scoped(Uploads, make)
