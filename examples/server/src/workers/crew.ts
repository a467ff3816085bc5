import cluster, { type Worker } from "node:cluster"
import { Clock, Deferred, Duration, Effect, FiberSet, type Scope } from "effect"
import { forward } from "./exchange.ts"
import { READY, UPKEEP } from "./messages.ts"
import { supervise, type WorkerEnd, type WorkerFailed } from "./supervise.ts"
import { variables } from "./Worker.ts"

export interface CrewOptions {
  /** Variables of the workers beside those of this process. */
  readonly env: Readonly<Record<string, string>>
  /** How long workers may take to stop. Then they are killed. */
  readonly stopWithin: Duration.Duration
  readonly onFailure: (error: WorkerFailed) => Effect.Effect<void>
}

/** Gives the rounds of upkeep to the first ready worker, and to another one when that ends. */
const makeTurns = () => {
  const ready: Array<Worker> = []
  const notify = () => ready[0]?.isConnected() && ready[0].send(UPKEEP)
  return {
    add: (worker: Worker): void => {
      if (ready.push(worker) === 1) notify()
    },
    remove: (worker: Worker): void => {
      const index = ready.indexOf(worker)
      if (index < 0) return
      ready.splice(index, 1)
      if (index === 0) notify()
    }
  }
}

/** Stops a worker: by a signal first, and when it does not end in time, by force. */
const stop = (worker: Worker, ended: Deferred.Deferred<string>, within: Duration.Duration) =>
  Effect.sync(() => worker.process.kill("SIGTERM")).pipe(
    Effect.zipRight(Deferred.await(ended)),
    Effect.interruptible,
    Effect.timeoutOption(within),
    Effect.zipRight(Effect.sync(() => worker.process.kill("SIGKILL"))),
    Effect.zipRight(Deferred.await(ended))
  )

/** One run of a worker. */
interface Run {
  readonly worker: Worker
  readonly ended: Deferred.Deferred<string>
  readonly since: number
  wasReady: boolean
}

const launch = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<string>()
    const since = yield* Clock.currentTimeMillis
    const run: Run = { worker: cluster.fork(env), ended, since, wasReady: false }
    run.worker.once("exit", (code, signal) =>
      Deferred.unsafeDone(ended, Effect.succeed(signal ? `signal ${signal}` : `exit code ${code}`))
    )
    return run
  })

/** Waits for the end of the run. */
const watch = (run: Run): Effect.Effect<WorkerEnd> =>
  Effect.gen(function* () {
    const how = yield* Deferred.await(run.ended)
    const lived = Duration.millis((yield* Clock.currentTimeMillis) - run.since)
    return { how, lived, wasReady: run.wasReady }
  })

/** Starts and replaces the workers until the scope ends, and then stops all of them at once. */
export const makeCrew = (
  options: CrewOptions
): Effect.Effect<{ readonly start: (index: number) => Effect.Effect<void> }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const turns = makeTurns()
    const fork = yield* FiberSet.makeRuntime()

    const run = (index: number, onReady: Effect.Effect<unknown>) => (isFirstStart: boolean) => {
      const place = { [variables.index]: String(index), [variables.isFirstStart]: String(isFirstStart) }
      const again = Effect.logInfo(`Worker process ${index + 1} serves requests again`)
      return Effect.acquireUseRelease(
        launch({ ...options.env, ...place }),
        (one) =>
          Effect.gen(function* () {
            one.worker.on("message", (message) => {
              if (message !== READY) return forward(one.worker, message)
              one.wasReady = true
              turns.add(one.worker)
              fork(isFirstStart ? onReady : again)
            })
            return yield* watch(one)
          }),
        ({ ended, worker }) =>
          Effect.zipRight(
            Effect.sync(() => turns.remove(worker)),
            stop(worker, ended, options.stopWithin)
          )
      )
    }

    return {
      start: (index) =>
        Effect.gen(function* () {
          const ready = yield* Deferred.make<void>()
          const supervised = supervise(index, run(index, Deferred.succeed(ready, undefined)))
          fork(Effect.catchAll(supervised, options.onFailure))
          yield* Deferred.await(ready)
        })
    }
  })
