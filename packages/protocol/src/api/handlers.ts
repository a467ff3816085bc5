import type { ConnectorConfig, ConnectorEvents, EventStore } from "@runner-connector/core"
import { Effect, type Scope } from "effect"
import type { ProgressNeeds } from "../events/progress.ts"
import { handleStreamEvents } from "../events/streamEvents.ts"
import type { Handler, Reception } from "../http/Handler.ts"
import { handleGetSession, handleSignIn, handleSignOut } from "../session/session.ts"
import type { ApiHost } from "./ApiHost.ts"
import type { ApiEndpoints } from "./endpoints.ts"

/** The use cases, ports and settings that the handlers call. */
export type ApiNeeds =
  | ConnectorConfig.ConnectorConfig
  | ConnectorEvents.ConnectorEvents
  | EventStore.EventStore
  | Exclude<ProgressNeeds, Scope.Scope>

/** Makes the handler of every endpoint, by the endpoint's name. */
export const makeApiHandlers: Effect.Effect<
  Readonly<Record<keyof typeof ApiEndpoints, Handler>>,
  never,
  Reception | ApiHost | ApiNeeds | Scope.Scope
> = Effect.all({
  getSession: handleGetSession,
  signIn: handleSignIn,
  signOut: handleSignOut,
  streamEvents: handleStreamEvents
})
