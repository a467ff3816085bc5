import { type FileSystem, Path } from "@effect/platform"
import { ConnectorConfig, UploadedFile } from "@runner-connector/core"
import { BodySource, ProtocolErrors, RequestBody, Spool } from "@runner-connector/core/protocol"
import { Context, Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

type FormError =
  | ProtocolErrors.MalformedBody
  | ProtocolErrors.BodyTooLarge
  | ProtocolErrors.UnsupportedBody
  | ProtocolErrors.SpoolError

/** Receives videos. */
export class Uploads extends Context.Tag("@runner-connector/example-server/Uploads")<
  Uploads,
  {
    /** Streams the form's `videoFile` to the disk and lets `use` have it; afterwards nothing of it is left there. */
    readonly receive: <A, E, R>(
      request: Request,
      use: (file: UploadedFile.UploadedFile) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | FormError | ProtocolErrors.InvalidParameters, R>
    /** The same for a form with files of these names, of which each may be missing: `use` has all its members. */
    readonly receiveForm: <A, E, R>(
      request: Request,
      files: ReadonlySet<string>,
      use: (form: object) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | FormError, R>
  }
>() {}

const FIELD = "videoFile"

const missing = () =>
  new ProtocolErrors.InvalidParameters({ parameters: [{ path: FIELD, location: "body", msg: "A file is needed" }] })

/** The file of this name in a form. */
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
        return yield* use(body)
      })
      return yield* Effect.ensuring(work, folder.release)
    })

  return Uploads.of({
    receiveForm,
    receive: (request, use) =>
      receiveForm(request, new Set([FIELD]), (body) =>
        Effect.flatMap(Effect.mapError(fileOf(body, FIELD), missing), use)
      )
  })
})

export const layer: Layer.Layer<
  Uploads,
  ProtocolErrors.SpoolError,
  Settings | ConnectorConfig.ConnectorConfig | FileSystem.FileSystem | Path.Path
> = Layer.scoped(Uploads, make)
