import type { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { AdminAccess as Administration, Tokens } from "@runner-connector/core"
import { Sessions } from "@runner-connector/protocol"
import { Context, Effect, Layer, Option, type Redacted } from "effect"
import { keptSecret } from "./KeptSecret.ts"
import { Settings } from "./Settings.ts"

type Token = Redacted.Redacted<string>

/** The administrator's token, and what it protects. */
export class AdminAccess extends Context.Tag("@runner-connector/example-server/AdminAccess")<
  AdminAccess,
  {
    /** The token, if it was created just now. It is printed once. */
    readonly fresh: Option.Option<Token>
    /** Whether lists and changes of videos require the token: only when the operator has set one. */
    readonly protectsVideos: boolean
  }
>() {}

const FILE = "admin-token"

const keptToken = Effect.flatMap(Tokens.Identifiers, ({ uuid }) => keptSecret(FILE, uuid))

/** The runner API's administration requires the token in any case: the operator's, or the one that is kept. */
export const layer: Layer.Layer<
  AdminAccess | Administration.AdminAccess | Sessions.Sessions,
  PlatformError,
  Settings | FileSystem.FileSystem | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { adminToken } = yield* Settings
    const { isNew, value } = Option.isSome(adminToken) ? { value: adminToken.value, isNew: false } : yield* keptToken
    const fresh = isNew ? Option.some(value) : Option.none<Token>()
    const protectsVideos = Option.isSome(adminToken)
    // All processes have the same token, and a new token ends every session.
    return Layer.mergeAll(
      Layer.succeed(AdminAccess, { fresh, protectsVideos }),
      Administration.layerToken(value),
      Sessions.layer({ secret: value })
    )
  })
)
