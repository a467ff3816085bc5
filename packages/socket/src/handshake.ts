import { type Ids, type Runner, RunnerStore, Tokens } from "@runner-connector/core"
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

/** The words by which a runner is refused. It does not come back by itself afterwards. */
const REFUSALS = {
  missing: "No runner token provided",
  malformed: "Runner token is invalid",
  unknown: "Invalid runner token"
} as const

/** Far above any token that was ever given out; what is longer need not be hashed. */
const MAX_TOKEN_LENGTH = 1000

/** How look-ups that cannot be made are waited for. */
export interface HandshakeOptions {
  /** The pause, about, before a failed look-up is made again. */
  readonly retryPause: Duration.Duration
  /** How many connections may wait for their look-up at once. */
  readonly maxWaiting: number
}

/** Where the connections of one runner are found, on all servers that share an adapter. */
export const roomOf = (id: Ids.RunnerId): string => `runner-${id}`

type Next = (refusal?: ExtendedError) => void

/** Ends the connection, and only then says so: what is no longer open is not told of a refusal, and forgotten. */
const cutOff = (conn: Socket["conn"], next: Next): void => {
  conn.close()
  next(new Error("The connection was ended before the token was looked up"))
}

const readToken = (socket: Socket): Redacted.Redacted<string> | keyof typeof REFUSALS => {
  const token: unknown = socket.handshake.auth.runnerToken
  if (!token) return "missing"
  if (typeof token !== "string" || token.length > MAX_TOKEN_LENGTH || token.includes("\0")) return "malformed"
  return Redacted.make(token)
}

/** Looks until it knows. Only the first failure is a warning: a thousand runners may be waiting. */
const lookUp = (
  token: Redacted.Redacted<string>,
  { retryPause }: HandshakeOptions
): Effect.Effect<Option.Option<Runner.Runner>, never, RunnerStore.RunnerStore> =>
  Effect.suspend(() => {
    let level = LogLevel.Warning
    const tell = (cause: Cause.Cause<unknown>) => {
      const told = Effect.logWithLevel(level, "A runner waits: its token could not be looked up", cause)
      level = LogLevel.Debug
      return told
    }
    return Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      return yield* store.findByToken(yield* Tokens.hashToken(token))
    }).pipe(
      Effect.sandbox,
      Effect.tapError(tell),
      Effect.retry(Schedule.jittered(Schedule.spaced(retryPause))),
      Effect.orDie
    )
  })

/**
 * Lets in who has the token of a runner.
 *
 * A runner that is refused stays away until somebody restarts it, so only an answer of the store may refuse it: while
 * the store gives none, the handshake is held as long as the runner stays on the line. Where too many are held, further
 * ones are cut off, upon which a runner tries again later.
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
        yield* Effect.logInfo("A runner has connected").pipe(Effect.annotateLogs({ runner: runner.value.name }))
        return undefined
      })

    return (socket, next) => {
      const token = readToken(socket)
      if (typeof token === "string") return next(new Error(REFUSALS[token]))
      const { conn } = socket
      // One look-up a connection: asking again and again before the answer costs the caller its connection.
      if (conn.readyState !== "open" || waiting.has(conn) || waiting.size >= options.maxWaiting)
        return cutOff(conn, next)
      waiting.add(conn)
      const fiber = run(judge(socket, token))
      const hangUp = () => fiber.unsafeInterruptAsFork(FiberId.none)
      conn.once("close", hangUp)
      // Also after the runner has hung up: Socket.IO keeps the socket until it is told.
      fiber.addObserver((exit) => {
        conn.off("close", hangUp)
        waiting.delete(conn)
        if (exit._tag === "Failure") return cutOff(conn, next)
        next(exit.value === undefined ? undefined : new Error(exit.value))
      })
    }
  })
