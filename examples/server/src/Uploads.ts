import { type FileSystem, Path } from "@effect/platform"
import { ConnectorConfig, UploadedFile } from "@runner-connector/core"
import { BodySource, ProtocolErrors, RequestBody, Spool } from "@runner-connector/core/protocol"
import { Context, Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

/** Receives videos. */
export class Uploads extends Context.Tag("@runner-connector/example-server/Uploads")<
  Uploads,
  {
    /** Streams the form's `videoFile` to the disk and lets `use` have it; afterwards nothing of it is left there. */
    readonly receive: <A, E, R>(
      request: Request,
      use: (file: UploadedFile.UploadedFile) => Effect.Effect<A, E, R>
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

const FIELD = "videoFile"

const missing = () =>
  new ProtocolErrors.InvalidParameters({ parameters: [{ path: FIELD, location: "body", msg: "A file is needed" }] })

const fileOf = (body: object): Option.Option<UploadedFile.UploadedFile> =>
  Option.filter(
    Option.fromNullable((body as Record<string, unknown>)[FIELD]),
    (value) => value instanceof UploadedFile.UploadedFile
  )

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
            files: new Set([FIELD]),
            mayUpload: () => Effect.succeed(true)
          }).pipe(Effect.tapError(() => source.drain))
          return yield* use(yield* Effect.mapError(fileOf(body), missing))
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
