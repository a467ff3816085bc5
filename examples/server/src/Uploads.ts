import { type FileSystem, Path } from "@effect/platform"
import { ConnectorConfig, UploadedFile } from "@runner-connector/core"
import { BodySource, Parameters, type ProtocolErrors, RequestBody, Spool } from "@runner-connector/core/protocol"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { inForm } from "./PlanFields.ts"
import { Settings } from "./Settings.ts"

const File = UploadedFile.UploadedFile.schema

const Form = Schema.Struct({
  videoFile: File,
  /** The picture that is to stand for it. */
  previewFile: Schema.optional(File),
  ...inForm
})
/** A video, and what its sender wants of it. */
export type Upload = typeof Form.Type

const files = new Set(["videoFile", "previewFile"])

/** Receives videos. */
export class Uploads extends Context.Tag("@runner-connector/example-server/Uploads")<
  Uploads,
  {
    /** Streams the form's files to the disk and lets `use` have them; afterwards nothing of them is left there. */
    readonly receive: <A, E, R>(
      request: Request,
      use: (upload: Upload) => Effect.Effect<A, E, R>
    ) => Effect.Effect<
      A,
      | E
      | ProtocolErrors.InvalidParameters
      | ProtocolErrors.MalformedBody
      | ProtocolErrors.BodyTooLarge
      | ProtocolErrors.UnsupportedBody
      | ProtocolErrors.SpoolError,
      R
    >
  }
>() {}

const make = Effect.gen(function* () {
  const { dataDir, maxUploadSize } = yield* Settings
  const { maxJsonSize } = yield* ConnectorConfig.ConnectorConfig
  const path = yield* Path.Path
  const spool = yield* Spool.make(Option.some(path.join(dataDir, "spool")))

  return Uploads.of({
    receive: (request, use) =>
      Effect.gen(function* () {
        const source = BodySource.make(request)
        const folder = yield* spool.folder
        const work = Effect.gen(function* () {
          const body = yield* RequestBody.receive(source, request, {
            config: { maxFileSize: maxUploadSize, maxJsonSize },
            spool,
            folder,
            files,
            mayUpload: () => Effect.succeed(true)
          }).pipe(Effect.tapError(() => source.drain))
          return yield* use(yield* Parameters.ofBody(Form, body))
        })
        return yield* Effect.ensuring(work, folder.release)
      })
  })
})

export const layer: Layer.Layer<
  Uploads,
  ProtocolErrors.SpoolError,
  Settings | ConnectorConfig.ConnectorConfig | FileSystem.FileSystem | Path.Path
> = Layer.scoped(Uploads, make)
