import { Duration, Effect, Schema } from "effect"

/** A worker ended before it served its first request. It has printed the reason. */
export class WorkerFailed extends Schema.TaggedError<WorkerFailed>()("WorkerFailed", { index: Schema.Int }) {
  override get message(): string {
    return `Worker process ${this.index + 1} could not start`
  }
}

/** How one run of a worker ended. */
export interface WorkerEnd {
  readonly wasReady: boolean
  readonly lived: Duration.Duration
  /** For the log. */
  readonly how: string
}

const SHORTEST = Duration.seconds(1)
const LONGEST = Duration.seconds(30)

/** A worker that lived this long has recovered from its earlier failures. */
const HEALTHY = Duration.minutes(1)

/**
 * Runs a worker again and again. After an end within a minute of its start the pause doubles, from 1 to 30 seconds. Fails
 * when the first run ends before the worker is ready, because its settings or its port are then unusable.
 */
export const supervise = (
  index: number,
  run: (isFirstStart: boolean) => Effect.Effect<WorkerEnd>
): Effect.Effect<never, WorkerFailed> =>
  Effect.gen(function* () {
    let pause = SHORTEST
    for (let isFirstStart = true; ; isFirstStart = false) {
      const { how, lived, wasReady } = yield* run(isFirstStart)
      if (isFirstStart && !wasReady) return yield* new WorkerFailed({ index })
      if (Duration.greaterThan(lived, HEALTHY)) pause = SHORTEST
      const wait = Duration.format(pause)
      yield* Effect.logWarning(`Worker process ${index + 1} ended (${how}). It is started again in ${wait}.`)
      yield* Effect.sleep(pause)
      pause = Duration.min(Duration.times(pause, 2), LONGEST)
    }
  })
