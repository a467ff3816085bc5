import type { FileSystem, Path } from "@effect/platform"
import { AdminAccess, ConnectorConfig, Runners, type SessionStore } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Ref } from "effect"
import * as Spool from "../body/Spool.ts"
import * as AdminGuard from "./AdminGuard.ts"
import type { AnyEndpoint } from "./Endpoint.ts"
import type { SpoolError } from "./ProtocolErrors.ts"
import * as RateLimit from "./RateLimit.ts"
import * as SessionCookies from "./SessionCookies.ts"

/** The services that every handler uses to receive a request. */
export interface Services {
  readonly spool: Spool.Spool
  readonly config: Pick<ConnectorConfig.ConnectorSettings, "maxJsonSize" | "maxFileSize" | "publicUrl">
  readonly admins: AdminGuard.AdminGuard
  readonly sessions: SessionCookies.SessionCookies
  /** Passes for clients that may manage videos. */
  readonly managers: Pick<AdminGuard.AdminGuard, "check">
  readonly rateLimit: RateLimit.RateLimit
  /** The endpoints of all APIs that share the reception, for the OpenAPI document. Each API adds its own. */
  readonly described: Ref.Ref<ReadonlyArray<AnyEndpoint>>
}

/** Receives requests: bodies, limits and administrators. The APIs of one server share it, so that guesses count together. */
export class Reception extends Context.Tag("@runner-connector/protocol/Reception")<Reception, Services>() {}

export interface Options {
  /**
   * The folder for uploads until they are stored. Created if missing. On the disk of the storage, storing a result is a
   * rename. Default: the system's folder for temporary files.
   */
  readonly spoolDirectory?: string
}

const make = Effect.fnUntraced(function* (options: Options) {
  const config = yield* ConnectorConfig.ConnectorConfig
  const spool = yield* Spool.make(Option.fromNullable(options.spoolDirectory))
  const rateLimit = RateLimit.make(config, yield* Runners.Runners)
  const access = yield* AdminAccess.AdminAccess
  const sessions = yield* SessionCookies.make(config)
  const admins = AdminGuard.make(config, access, sessions)
  const described = yield* Ref.make<ReadonlyArray<AnyEndpoint>>([])
  return { config, spool, rateLimit, sessions, admins, managers: admins, described }
})

/** The services of this process. */
export const layerWith = (
  options: Options
): Layer.Layer<
  Reception,
  SpoolError,
  ConnectorConfig.ConnectorConfig | Runners.Runners | SessionStore.SessionStore | FileSystem.FileSystem | Path.Path
> => Layer.scoped(Reception, make(options))
