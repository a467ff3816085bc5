import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { AdminAccess as Administration, Tokens } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { Settings } from "./Settings.ts"

type Token = Redacted.Redacted<string>

/** The token of the administrator. */
interface AdminToken {
  readonly token: Token
  /** Made just now, to be shown once. */
  readonly isFresh: boolean
  /** Set by hand: it is then asked for changes of videos too. */
  readonly isChosen: boolean
}

/** Who may upload, transcode and delete. */
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

const bearer = (request: Request): Option.Option<Token> =>
  Option.map(Option.fromNullable(/^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1]), (token) =>
    Redacted.make(token)
  )

/** Hashes are compared, so that the time it takes tells nothing of the token. */
const matches = (request: Request, token: Token): Effect.Effect<boolean> =>
  Option.match(bearer(request), {
    onNone: () => Effect.succeed(false),
    onSome: (given) => Effect.map(Effect.all([Tokens.hashToken(given), Tokens.hashToken(token)]), ([a, b]) => a === b)
  })

/** The token of the first start, which stays the same as long as the data folder does. */
const keptToken = Effect.gen(function* () {
  const { dataDir } = yield* Settings
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(dataDir, FILE)
  const kept = (yield* fs.exists(file)) ? (yield* fs.readFileString(file)).trim() : ""
  if (kept !== "") return { token: Redacted.make(kept), isFresh: false, isChosen: false }
  const { uuid } = yield* Tokens.Identifiers
  const token = yield* uuid
  yield* fs.makeDirectory(dataDir, { recursive: true })
  yield* fs.writeFileString(file, `${token}\n`, { mode: 0o600 })
  return { token: Redacted.make(token), isFresh: true, isChosen: false }
})

const adminToken: Effect.Effect<AdminToken, PlatformError, Settings | FileSystem.FileSystem | Path.Path> =
  Effect.flatMap(Settings, (settings) =>
    Option.match(settings.adminToken, {
      onNone: () => keptToken,
      onSome: (token) => Effect.succeed({ token, isFresh: false, isChosen: true })
    })
  )

const accessWith = ({ isChosen, isFresh, token }: AdminToken): AdminAccess["Type"] => ({
  mayChange: (request) => (isChosen ? matches(request, token) : Effect.succeed(true)),
  fresh: isFresh ? Option.some(token) : Option.none()
})

/** Administration over HTTP always needs the token; videos are anybody's to change unless it was set by hand. */
export const layer: Layer.Layer<
  AdminAccess | Administration.AdminAccess,
  PlatformError,
  Settings | FileSystem.FileSystem | Path.Path
> = Layer.unwrapEffect(
  Effect.map(adminToken, (admin) =>
    Layer.merge(Layer.succeed(AdminAccess, accessWith(admin)), Administration.layerToken(admin.token))
  )
)
