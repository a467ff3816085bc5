import { Ids, Tokens, type UploadStore, Uploads } from "@runner-connector/core"
import type { Problem } from "@runner-connector/protocol"
import { Server } from "@tus/server"
import { Cause, type Duration, Effect, Either, Option, Runtime, Schema } from "effect"
import * as Answers from "./answers.ts"
import { makeLocker } from "./locking.ts"
import { type PartialFiles, textsOf } from "./PartialFiles.ts"
import { Refused } from "./Refused.ts"

/** The options of the tus server. */
export interface ServerOptions<R> {
  readonly path: string
  readonly maxSize: number
  /** The most uploads that may be unfinished, in all processes with this database. More get 503. (Default: 1000.) */
  readonly maxUnfinished?: number | undefined
  /** The most bytes that they may have together. At least `maxSize`. (Default: 256 GiB.) */
  readonly maxUnfinishedSize?: number | undefined
  readonly check: (metadata: Readonly<Record<string, string>>) => Effect.Effect<unknown, Problem.WireError, R>
}

/** How long a request may go on when another one wants the upload. */
const DRAIN_MILLIS = 500
const MAX_UNFINISHED = 1000
const MAX_UNFINISHED_SIZE = 256 * 1024 ** 3

/** The room of an upload. A file whose length is declared later may become as large as any. */
const roomOf = <R>(options: ServerOptions<R>, size = options.maxSize): UploadStore.UploadRoom => ({
  size,
  maxCount: options.maxUnfinished ?? MAX_UNFINISHED,
  // One file of any allowed size can always be uploaded.
  maxSize: Math.max(options.maxUnfinishedSize ?? MAX_UNFINISHED_SIZE, options.maxSize)
})

/** The tus server answers these with 500. */
const isFault = (error: unknown): boolean =>
  !(typeof error === "object" && error !== null && "status_code" in error && Number(error.status_code) < 500)

/** Returns the id of the upload in the URL. */
export const idIn = (url: string): Option.Option<Ids.VideoId> =>
  Schema.decodeOption(Ids.VideoId)(new URL(url).pathname.split("/").at(-1) ?? "")

/** Records an upload before the first byte is stored. */
const makeBegin = <R>(files: PartialFiles, options: ServerOptions<R>, lifetime: Duration.Duration) =>
  Effect.map(
    Uploads.Uploads,
    (uploads) => (name: string, metadata: Readonly<Record<string, string>>, size: number | undefined) =>
      Effect.gen(function* () {
        yield* options.check(metadata)
        const key = files.keyOf(Option.getOrThrow(files.idOf(name)), metadata)
        const reserved = uploads.reserve(key, lifetime, roomOf(options, size))
        yield* Effect.catchTag(reserved, "UploadExists", Effect.die)
      }).pipe(Effect.either)
  )

/** The server of the protocol. */
export const makeServer = <R>(
  files: PartialFiles,
  options: ServerOptions<R>,
  lifetime: Duration.Duration
): Effect.Effect<Server, never, R | Uploads.Uploads | UploadStore.UploadStore> =>
  Effect.gen(function* () {
    const begin = yield* makeBegin(files, options, lifetime)
    const { uuid } = yield* Tokens.Identifiers
    const runtime = yield* Effect.runtime<R>()
    const run = Runtime.runPromise(runtime)
    const nameOf = (id: string) => files.nameOf(Ids.VideoId.make(id))

    return new Server({
      path: options.path,
      maxSize: options.maxSize,
      datastore: files.store,
      locker: yield* makeLocker(files),
      lockDrainTimeout: DRAIN_MILLIS,
      // Other origins are refused by the host, so no header invites them.
      allowedOrigins: () => false,
      namingFunction: () => run(Effect.map(uuid, nameOf)),
      getFileIdFromRequest: ({ url }) => Option.getOrUndefined(Option.map(idIn(url), nameOf)),
      generateUrl: (_request, { id }) => `${options.path}/${Option.getOrElse(files.idOf(id), () => id)}`,
      onUploadCreate: async (_request, { id, metadata, size }) => {
        const begun = await run(begin(id, textsOf(metadata), size))
        if (Either.isLeft(begun)) throw new Refused({ error: begun.left })
        return {}
      },
      onResponseError: async (_request, error) => {
        if (error instanceof Refused) throw error
        if (isFault(error)) await run(Effect.logWarning("A request about an upload failed", Cause.fail(error)))
        return undefined
      }
    })
  })

/** The answer of the server. Its errors are answers, too. A refusal of the host fails. */
export const answerOf = (server: Server, request: Request): Effect.Effect<Response, Problem.WireError> =>
  Effect.tryPromise({ try: () => server.handleWeb(request), catch: (error) => error }).pipe(
    Effect.flatMap((response) => Effect.promise(() => Answers.translated(response))),
    Effect.catchAll((error) =>
      error instanceof Refused ? Effect.fail(error.error as Problem.WireError) : Effect.die(error)
    ),
    // The end of a connection ends the body. What has arrived is stored before the answer.
    Effect.uninterruptible
  )
