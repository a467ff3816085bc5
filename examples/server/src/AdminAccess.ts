import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { AdminAccess as Administration, Tokens } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { Settings } from "./Settings.ts"

type Token = Redacted.Redacted<string>

/** The administrator's token, and what it protects. */
export class AdminAccess extends Context.Tag("@runner-connector/example-server/AdminAccess")<
  AdminAccess,
  {
    /** The token, if it was created just now. It is printed once. */
    readonly fresh: Option.Option<Token>
    /** Whether changes of videos require the token: only when the operator has set one. */
    readonly protectsVideos: boolean
  }
>() {}

const FILE = "admin-token"

/** The token of the data folder, created at the first start. */
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

/** The runner API's administration requires the token in any case: the operator's, or the one that is kept. */
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
    const protectsVideos = Option.isSome(adminToken)
    return Layer.merge(Layer.succeed(AdminAccess, { fresh, protectsVideos }), Administration.layerToken(token))
  })
)
