import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { AdminAccess as Administration, Tokens } from "@runner-connector/core"
import { bearerOf } from "@runner-connector/protocol"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { Settings } from "./Settings.ts"

type Token = Redacted.Redacted<string>

/** Who may upload and delete; the runner API asks for itself who administers. */
export class AdminAccess extends Context.Tag("@runner-connector/example-server/AdminAccess")<
  AdminAccess,
  {
    /** The token, when it was made just now: to be shown once. */
    readonly fresh: Option.Option<Token>
    /** Whether the request may change videos: anybody, unless the operator has set a token by hand. */
    readonly mayChange: (request: Request) => Effect.Effect<boolean>
  }
>() {}

const FILE = "admin-token"

/** The token made on the first start, which stays the same as long as the data folder does. */
const keptToken = Effect.gen(function* () {
  const { dataDir } = yield* Settings
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(dataDir, FILE)
  const kept = (yield* fs.exists(file)) ? (yield* fs.readFileString(file)).trim() : ""
  if (kept !== "") return { token: Redacted.make(kept), fresh: Option.none<Token>() }
  const { uuid } = yield* Tokens.Identifiers
  const made = yield* uuid
  yield* fs.makeDirectory(dataDir, { recursive: true })
  yield* fs.writeFileString(file, `${made}\n`, { mode: 0o600 })
  const token = Redacted.make(made)
  return { token, fresh: Option.some(token) }
})

const accessWith = (fresh: Option.Option<Token>, isAsked: boolean) =>
  Effect.map(Administration.AdminAccess, ({ check }) => ({
    fresh,
    mayChange: (request: Request) => (isAsked ? Effect.isSuccess(check(bearerOf(request))) : Effect.succeed(true))
  }))

/** Administration is always asked for the token: the operator's, or the one that is kept. */
export const layer: Layer.Layer<
  AdminAccess | Administration.AdminAccess,
  PlatformError,
  Settings | FileSystem.FileSystem | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { adminToken } = yield* Settings
    const { fresh, token } = Option.isSome(adminToken)
      ? { token: adminToken.value, fresh: Option.none<Token>() }
      : yield* keptToken
    return Layer.effect(AdminAccess, accessWith(fresh, Option.isSome(adminToken))).pipe(
      Layer.provideMerge(Administration.layerToken(token))
    )
  })
)
