import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Tokens } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { Settings } from "./Settings.ts"

/** Who may administer, and who may upload and delete. */
export class AdminAccess extends Context.Tag("@runner-connector/example-server/AdminAccess")<
  AdminAccess,
  {
    /** The token, when it was made just now: to be shown once. */
    readonly fresh: Option.Option<Redacted.Redacted<string>>
    /** Whether the request may change videos: anybody, unless the operator has set a token by hand. */
    readonly mayChange: (request: Request) => Effect.Effect<boolean>
  }
>() {}

const FILE = "admin-token"

const bearer = (request: Request): Option.Option<Redacted.Redacted<string>> =>
  Option.map(Option.fromNullable(/^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1]), (token) =>
    Redacted.make(token)
  )

/** Hashes are compared, so that the time it takes tells nothing of the token. */
const matches = (request: Request, token: Redacted.Redacted<string>): Effect.Effect<boolean> =>
  Option.match(bearer(request), {
    onNone: () => Effect.succeed(false),
    onSome: (given) => Effect.map(Effect.all([Tokens.hashToken(given), Tokens.hashToken(token)]), ([a, b]) => a === b)
  })

/** The token made on the first start, which stays the same as long as the data folder does. */
const keptToken = Effect.gen(function* () {
  const { dataDir } = yield* Settings
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(dataDir, FILE)
  if (yield* fs.exists(file)) return Option.none<Redacted.Redacted<string>>()
  const { uuid } = yield* Tokens.Identifiers
  const token = yield* uuid
  yield* fs.makeDirectory(dataDir, { recursive: true })
  yield* fs.writeFileString(file, `${token}\n`, { mode: 0o600 })
  return Option.some(Redacted.make(token))
})

export const layer: Layer.Layer<AdminAccess, PlatformError, Settings | FileSystem.FileSystem | Path.Path> =
  Layer.effect(
    AdminAccess,
    Effect.gen(function* () {
      const { adminToken } = yield* Settings
      const mayChange = (request: Request) =>
        Option.match(adminToken, { onNone: () => Effect.succeed(true), onSome: (token) => matches(request, token) })
      return { mayChange, fresh: Option.isSome(adminToken) ? Option.none() : yield* keptToken }
    })
  )
