import { ConnectorConfig, type FileKey, FileStorage, JobFiles } from "@runner-connector/core"
import { Duration, Effect, Option, Schema } from "effect"
import { type Endpoint, endpoint } from "../http/Endpoint.ts"
import { JobParams, LeaseTokens } from "../http/fields.ts"
import { type Handler, type Reception, respondWith } from "../http/Handler.ts"
import type { WireError } from "../http/Problem.ts"
import { serveFile } from "../http/serveFile.ts"

/** Runners name the video as in the payload's URL. PeerTube also accepts its number. */
export const FileParams = Schema.extend(
  JobParams,
  Schema.Struct({ videoId: Schema.String.pipe(Schema.pattern(/^(\d{1,10}|[0-9a-fA-F-]{36})$/)) })
)

const Tokens = Schema.Struct(LeaseTokens)

/** An endpoint that serves one file to the runner with the job's lease. */
export type Download<P, PI> = Endpoint<P, PI, object, object, typeof Tokens.Type, typeof Tokens.Encoded, void, void>

/** Describes the download of one file under any path. */
export const downloadAt = <P, PI>(record: {
  readonly name: string
  readonly path: `/${string}`
  readonly summary: string
  readonly params: Schema.Schema<P, PI>
}): Download<P, PI> =>
  endpoint({
    ...record,
    method: "POST",
    body: "json",
    request: Tokens,
    status: 200,
    isFile: true,
    problems: [403, 404, 416]
  })

/**
 * Describes the download of one file. The layout of these paths is PeerTube's to the letter: runners recognise a source
 * they already have by its URL.
 */
export const downloadOf = <P, PI>({
  file,
  ...record
}: {
  readonly name: string
  /** The last part of the path. */
  readonly file: string
  readonly summary: string
  readonly params: Schema.Schema<P, PI>
}): Download<P, PI> => downloadAt({ ...record, path: `/api/v1/runners/jobs/:jobUUID/files/videos/:videoId/${file}` })

/** Runners follow a redirect at once and come back here to resume, so a short time is enough. */
const EXPIRES_IN = Duration.minutes(10)

/** A 302 makes the client use GET, which does not repeat the tokens. The address expires, so it must not be cached. */
const redirect = (to: URL): Response =>
  new Response(null, {
    status: 302,
    statusText: "Found",
    headers: { location: to.href, "cache-control": "no-store" }
  })

const makeServe = Effect.gen(function* () {
  const storage = yield* FileStorage.FileStorage
  const { redirectDownloads } = yield* ConnectorConfig.ConnectorConfig
  return (key: FileKey.FileKey, request: Request) =>
    Effect.gen(function* () {
      const address = redirectDownloads ? yield* storage.downloadUrl(key, { expiresIn: EXPIRES_IN }) : Option.none()
      if (Option.isSome(address)) return redirect(address.value)
      return yield* Effect.provideService(serveFile(key, request), FileStorage.FileStorage, storage)
    })
})

type Find<P> = (
  files: JobFiles.JobFiles["Type"],
  call: { readonly params: P; readonly body: typeof Tokens.Type }
) => Effect.Effect<FileKey.FileKey, WireError>

/** Finds an input file of the job's video. */
export const inputFile =
  (file: JobFiles.InputFile): Find<typeof FileParams.Type> =>
  (files, { body, params }) =>
    files.find({ id: params.jobUUID, ...body }, params.videoId, file)

/** Answers with the file that `find` returns: its bytes, or a redirect to the storage. */
export const handleDownload = <P, PI>(
  endpoint: Download<P, PI>,
  find: Find<P>
): Effect.Effect<
  Handler,
  never,
  Reception | JobFiles.JobFiles | FileStorage.FileStorage | ConnectorConfig.ConnectorConfig
> =>
  Effect.gen(function* () {
    const files = yield* JobFiles.JobFiles
    const serve = yield* makeServe
    return yield* respondWith(endpoint, {
      run: (call) => Effect.flatMap(find(files, call), (key) => serve(key, call.request))
    })
  })
