import type { Vitest } from "@effect/vitest"
import type { RunnerWeb } from "@runner-connector/protocol"
import { Context, Effect, Layer, type Scope } from "effect"
import * as World from "./world.ts"

/** Sends a request to the server under test and returns its answer. */
export type Carrier<E = never, R = RunnerWeb.RunnerWeb> = Effect.Effect<
  (request: Request) => Promise<Response>,
  E,
  R | Scope.Scope
>

/** The server under test. */
export class WireServer extends Context.Tag("@runner-connector/contracts/WireServer")<
  WireServer,
  { readonly send: (request: Request) => Effect.Effect<Response> }
>() {}

/** The services that cases may use. */
export type Hands = WireServer | World.World

/** Cases of one group. Sockets work in real time, so there is no test clock. */
export type WireCases = (it: Vitest.MethodsNonLive<Hands, true>) => void

/** The server behind the given carrier. */
export const reachedBy = <E, R>(carrier: Carrier<E, R>): Layer.Layer<WireServer, E, Exclude<R, Scope.Scope>> =>
  Layer.scoped(
    WireServer,
    Effect.map(carrier, (fetch) => ({ send: (request) => Effect.promise(() => fetch(request)) }))
  )

/** The server with its own world. */
export const layer = <E>(carrier: Carrier<E>): Layer.Layer<Hands, E> =>
  Layer.provideMerge(reachedBy(carrier), World.layer())
