import { Cause, Clock, Duration, Effect, ExecutionStrategy, Exit, Fiber, Ref, Scope } from "effect"
import type { Cluster } from "./cluster.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { stopOrphan } from "./orphans.ts"
import { inRealTime } from "./processes.ts"
import { lastLines, type Server, type ServerSettings, startServer } from "./server.ts"

/** A server that is started again when it crashes. */
export interface Supervised {
  readonly port: number
  /** The process number of the latest server. */
  readonly pid: Effect.Effect<number>
  /** Fails when the server has crashed too often. Never succeeds. */
  readonly failed: Effect.Effect<never, EmbeddedPostgresError>
}

export interface SupervisionSettings extends ServerSettings {
  /** How many crashes within ten minutes lead to a restart. (Default: 3.) */
  readonly maxRestarts?: number | undefined
}

/** Crashes that lie further back are forgotten. */
const COUNTED_WITHIN = Duration.minutes(10)
const MAX_RESTARTS = 3

/** The crashes that count at the time of a new one, which is the last of them. */
export const withCrash = (crashes: ReadonlyArray<number>, now: number): ReadonlyArray<number> => [
  ...crashes.filter((at) => now - at < Duration.toMillis(COUNTED_WITHIN)),
  now
]

/** None before the first restart, then longer ones: a full disk or a lack of memory may pass. */
const pauseBefore = (restart: number): Duration.Duration => Duration.seconds(restart - 1)

interface Supervision {
  readonly cluster: Cluster
  readonly settings: ServerSettings
  readonly maxRestarts: number
  /** Holds the running server. */
  readonly servers: Scope.Scope
  readonly pid: Ref.Ref<number>
}

/** A running server with the scope that ends with it. */
interface Running extends Server {
  readonly scope: Scope.CloseableScope
}

/** Starts a server and restarts it on the same port when it crashes. Stops it when the scope is closed. */
export const supervise = (
  cluster: Cluster,
  { maxRestarts = MAX_RESTARTS, ...settings }: SupervisionSettings
): Effect.Effect<Supervised, EmbeddedPostgresError, Scope.Scope> =>
  Effect.gen(function* () {
    // Finalizers run in reverse order: the supervision ends first, so that it does not restart what is being stopped.
    const servers = yield* Effect.acquireRelease(Scope.make(), Scope.close)
    const first = yield* startIn(servers, cluster, settings)
    const { port } = first
    const pid = yield* Ref.make(first.pid)
    const supervision: Supervision = { cluster, maxRestarts, servers, pid, settings: { ...settings, port } }
    const fiber = yield* Effect.forkScoped(inRealTime(keepRunning(supervision, first, [])))
    return { port, pid: Ref.get(pid), failed: failureOf(fiber) }
  })

/** A supervision that was interrupted has not failed. */
const failureOf = (fiber: Fiber.Fiber<never, EmbeddedPostgresError>): Effect.Effect<never, EmbeddedPostgresError> =>
  Effect.flatMap(Fiber.await(fiber), (exit) =>
    Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause) ? Effect.failCause(exit.cause) : Effect.never
  )

const startIn = (servers: Scope.Scope, cluster: Cluster, settings: ServerSettings) =>
  Effect.gen(function* () {
    const scope = yield* Scope.fork(servers, ExecutionStrategy.sequential)
    const server = yield* startServer(cluster, settings).pipe(
      Scope.extend(scope),
      Effect.onError(() => Scope.close(scope, Exit.void))
    )
    return { ...server, scope }
  })

const keepRunning = (
  supervision: Supervision,
  running: Running,
  crashes: ReadonlyArray<number>
): Effect.Effect<never, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const how = yield* running.ended
    yield* Scope.close(running.scope, Exit.void)
    const { cluster } = supervision
    const reason = `the server (process ${running.pid}) ended unexpectedly (${how}). Its log ends with:\n${yield* lastLines(cluster)}`
    yield* Effect.logError(`PostgreSQL in ${cluster.directory}: ${reason}`)
    return yield* recover(supervision, reason, crashes)
  })

const recover = (
  supervision: Supervision,
  reason: string,
  crashes: ReadonlyArray<number>
): Effect.Effect<never, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const recent = withCrash(crashes, yield* Clock.currentTimeMillis)
    if (recent.length > supervision.maxRestarts) return yield* gaveUp(supervision, reason)
    yield* Effect.sleep(pauseBefore(recent.length))
    const started = yield* Effect.either(restart(supervision))
    if (started._tag === "Right") return yield* keepRunning(supervision, started.right, recent)
    yield* Effect.logError(started.left.message)
    return yield* recover(supervision, started.left.detail, recent)
  })

const restart = ({ cluster, pid, servers, settings }: Supervision) =>
  Effect.gen(function* () {
    yield* stopOrphan(cluster.directory, cluster.data)
    const running = yield* startIn(servers, cluster, settings)
    yield* Ref.set(pid, running.pid)
    yield* Effect.logInfo(`PostgreSQL (process ${running.pid}) works again in ${cluster.directory}`)
    return running
  })

const gaveUp = ({ cluster: { directory }, maxRestarts }: Supervision, reason: string) =>
  new EmbeddedPostgresError({
    reason: "Crashed",
    directory,
    detail:
      `the server crashed and was restarted ${maxRestarts === 1 ? "1 time" : `${maxRestarts} times`} within ten minutes, and does not keep running. ` +
      `Look for a full disk, too little memory or another program that kills it, then start again. Last: ${reason}`
  })
