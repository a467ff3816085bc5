import { Context, Effect, Layer, RcMap, Scope } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"

/** Lets the reports of a live, which come several at once, write one file one after the other in this process. */
export class LiveLocks extends Context.Tag("@runner-connector/core/LiveLocks")<
  LiveLocks,
  {
    /** Does it while nobody else of this process does anything with the file. */
    readonly withLock: <A, E, R>(key: FileKey, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>() {}

/** Locks for one process; a lock exists as long as somebody holds it or waits for it. */
export const layer: Layer.Layer<LiveLocks> = Layer.scoped(
  LiveLocks,
  Effect.map(RcMap.make({ lookup: (_key: FileKey) => Effect.makeSemaphore(1) }), (locks) => ({
    withLock: (key, effect) =>
      Effect.scopedWith((scope) =>
        Effect.flatMap(Scope.extend(RcMap.get(locks, key), scope), (lock) => lock.withPermits(1)(effect))
      )
  }))
)
