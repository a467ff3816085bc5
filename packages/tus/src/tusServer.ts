import { Ids, Tokens, Uploads } from "@runner-connector/core"
import type { Problem } from "@runner-connector/protocol"
import { Server } from "@tus/server"
import { type Duration, Effect, Either, Option, Runtime, Schema } from "effect"
import * as Answers from "./answers.ts"
import { keyOf, type PartialFiles, textsOf } from "./PartialFiles.ts"

/** The options of the tus server. */
export interface ServerOptions<R> {
  readonly path: string
  readonly maxSize: number
  readonly check: (metadata: Readonly<Record<string, string>>) => Effect.Effect<unknown, Problem.WireError, R>
}

/** Carries an error of the host through the tus server. */
class Refused extends Schema.TaggedError<Refused>()("Refused", { error: Schema.Unknown }) {}

/** Returns the id of the upload in the URL. */
export const idIn = (url: string): Option.Option<Ids.VideoId> =>
  Schema.decodeOption(Ids.VideoId)(new URL(url).pathname.split("/").at(-1) ?? "")

/** The server of the protocol. It records each upload before the first byte is stored. */
export const makeServer = <R>(
  { store }: PartialFiles,
  { check, maxSize, path }: ServerOptions<R>,
  lifetime: Duration.Duration
): Effect.Effect<Server, never, R | Uploads.Uploads> =>
  Effect.gen(function* () {
    const uploads = yield* Uploads.Uploads
    const { uuid } = yield* Tokens.Identifiers
    const run = Runtime.runPromise(yield* Effect.runtime<R>())

    const begin = (id: string, metadata: Readonly<Record<string, string>>) =>
      Effect.gen(function* () {
        yield* check(metadata)
        const key = keyOf(Ids.VideoId.make(id), metadata)
        yield* Effect.catchTag(uploads.reserve(key, lifetime), "UploadExists", Effect.die)
      }).pipe(Effect.either)

    return new Server({
      path,
      maxSize,
      datastore: store,
      // Other origins are refused by the host, so no header invites them.
      allowedOrigins: () => false,
      namingFunction: () => run(uuid),
      getFileIdFromRequest: ({ url }) => Option.getOrUndefined(idIn(url)),
      generateUrl: (_request, { id }) => `${path}/${id}`,
      onUploadCreate: async (_request, { id, metadata }) => {
        const begun = await run(begin(id, textsOf(metadata)))
        if (Either.isLeft(begun)) throw new Refused({ error: begun.left })
        return {}
      },
      onResponseError: (_request, error) => {
        if (error instanceof Refused) throw error
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
