import { type Runner, RunnerStore, Tokens } from "@runner-connector/core"
import {
  type Cause,
  type Duration,
  Effect,
  FiberId,
  FiberSet,
  LogLevel,
  Option,
  Redacted,
  Schedule,
  type Scope
} from "effect"
import type { ExtendedError, Socket } from "socket.io"

/** Refusal messages, as PeerTube sends them. A refused runner does not reconnect by itself. */
const REFUSALS = {
  missing: "No runner token provided",
  malformed: "Runner token is invalid",
  unknown: "Invalid runner token"
} as const

/** Far above the length of any issued token. Longer tokens are refused without hashing. */
const MAX_TOKEN_LENGTH = 1000

/** Options for retrying failed token look-ups. */
export interface HandshakeOptions {
  /** Average pause before a failed look-up is retried. */
  readonly retryPause: Duration.Duration
  /** Maximum number of connections that wait for a look-up. */
  readonly maxWaiting: number
}

type Next = (refusal?: ExtendedError) => void

/** Closes the connection before calling `next`, so that Socket.IO cannot send a refusal on it. */
const cutOff = (conn: Socket["conn"], next: Next): void => {
  conn.close()
  next(new Error("The connection was closed before the token look-up"))
}

const readToken = (socket: Socket): Redacted.Redacted<string> | keyof typeof REFUSALS => {
  const token: unknown = socket.handshake.auth.runnerToken
  if (!token) return "missing"
  if (typeof token !== "string" || token.length > MAX_TOKEN_LENGTH || token.includes("\0")) return "malformed"
  return Redacted.make(token)
}

/**
 * Retries the look-up until the store answers. Only the first failure is logged as a warning, because a thousand
 * runners may be waiting.
 */
const lookUp = (
  token: Redacted.Redacted<string>,
  { retryPause }: HandshakeOptions
): Effect.Effect<Option.Option<Runner.Runner>, never, RunnerStore.RunnerStore> =>
  Effect.suspend(() => {
    let level = LogLevel.Warning
    const warn = (cause: Cause.Cause<unknown>) => {
      const log = Effect.logWithLevel(level, "The token look-up of a connecting runner failed; retrying", cause)
      level = LogLevel.Debug
      return log
    }
    return Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      return yield* store.findByToken(yield* Tokens.hashToken(token))
    }).pipe(
      Effect.sandbox,
      Effect.tapError(warn),
      Effect.retry(Schedule.jittered(Schedule.spaced(retryPause))),
      Effect.orDie
    )
  })

/**
 * Admits connections with a valid runner token.
 *
 * A refused runner stays disconnected until its operator restarts it, so only an answer of the store may refuse it.
 * While the store fails, the handshake waits as long as the runner stays connected. Above the limit of waiting
 * connections, further ones are closed, and those runners retry later.
 */
export const makeHandshake = (
  options: HandshakeOptions
): Effect.Effect<(socket: Socket, next: Next) => void, never, RunnerStore.RunnerStore | Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<RunnerStore.RunnerStore>()
    const waiting = new Set<Socket["conn"]>()

    const judge = (socket: Socket, token: Redacted.Redacted<string>) =>
      Effect.gen(function* () {
        const runner = yield* lookUp(token, options)
        if (Option.isNone(runner)) return REFUSALS.unknown
        socket.data.runnerId = runner.value.id
        yield* Effect.logInfo("Runner connected").pipe(Effect.annotateLogs({ runner: runner.value.name }))
        return undefined
      })

    return (socket, next) => {
      const token = readToken(socket)
      if (typeof token === "string") return next(new Error(REFUSALS[token]))
      const { conn } = socket
      // Allows one look-up per connection. A second handshake before the first answer closes the connection.
      if (conn.readyState !== "open" || waiting.has(conn) || waiting.size >= options.maxWaiting)
        return cutOff(conn, next)
      waiting.add(conn)
      const fiber = run(judge(socket, token))
      const hangUp = () => fiber.unsafeInterruptAsFork(FiberId.none)
      conn.once("close", hangUp)
      // Needed even after the runner has hung up: Socket.IO keeps the socket until `next` is called.
      fiber.addObserver((exit) => {
        conn.off("close", hangUp)
        waiting.delete(conn)
        if (exit._tag === "Failure") return cutOff(conn, next)
        next(exit.value === undefined ? undefined : new Error(exit.value))
      })
    }
  })
