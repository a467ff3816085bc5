import { LateServers } from "@runner-connector/socket"
import { Effect, Exit, ManagedRuntime, Scope } from "effect"
import type { CallOptions } from "../api/CallOptions.ts"
import { type KnownError, valueOf } from "../errors/fromExit.ts"
import { ConnectorClosed, type ConnectorError } from "../errors/index.ts"
import type { ReadOptions } from "../options/readOptions.ts"
import { layer, type Services } from "./compose.ts"

const closed = () => new ConnectorClosed({ message: "The connector was closed" })

/** The runtime of one connector. */
export interface Engine {
  readonly runtime: ManagedRuntime.ManagedRuntime<Services, ConnectorError>
  readonly late: LateServers.LateServers
  /** Closed with the connector. */
  readonly scope: Scope.CloseableScope
  /** Aborted when the connector begins to close. */
  readonly closing: AbortSignal
  /** Ends the streams of events that are open, for which a server of the application would wait. */
  readonly endStreams: () => void
  /** Runs a call. Rejects with errors of this package only. */
  readonly run: <A>(
    effect: Effect.Effect<A, KnownError | ConnectorError, Services>,
    options?: CallOptions
  ) => Promise<A>
  /** Ends everything. `before` runs when no new call begins any more. */
  readonly close: (before: () => Promise<void>) => Promise<void>
}

/** Starts everything of the options. A failed start leaves nothing running. */
export const start = async (options: ReadOptions): Promise<Engine> => {
  const late = Effect.runSync(LateServers.make)
  const scope = Effect.runSync(Scope.make())
  const closing = new AbortController()
  let streams = new AbortController()
  const process = { late, closing: closing.signal, streams: () => streams.signal }
  const runtime = ManagedRuntime.make(layer(options, process))

  const started = await Effect.runPromiseExit(runtime.runtimeEffect)
  if (Exit.isFailure(started)) await runtime.dispose()
  valueOf(started, closed)

  const run: Engine["run"] = async (effect, { signal } = {}) => {
    signal?.throwIfAborted()
    if (closing.signal.aborted) throw closed()
    const either = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
    const exit = await runtime.runPromiseExit(effect, { signal: either })
    return valueOf(exit, () => (signal?.aborted === true ? signal.reason : closed()))
  }

  const endStreams = () => {
    streams.abort()
    streams = new AbortController()
  }

  const close: Engine["close"] = async (before) => {
    closing.abort()
    await before()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await runtime.dispose()
  }
  return { runtime, late, scope, closing: closing.signal, endStreams, run, close }
}
