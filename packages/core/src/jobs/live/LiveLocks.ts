import { Context, Effect, Layer, RcMap, Scope } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"

/** Serializes concurrent reports of a live, file by file, within this process. */
export class LiveLocks extends Context.Tag("@runner-connector/core/LiveLocks")<
  LiveLocks,
  {
    /** Runs the effect while no other fiber of this process uses the file. */
    readonly withLock: <A, E, R>(key: FileKey, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>() {}

/** Locks for one process. A lock exists while a fiber holds it or waits for it. */
export const layer: Layer.Layer<LiveLocks> = Layer.scoped(
  LiveLocks,
  Effect.map(RcMap.make({ lookup: (_key: FileKey) => Effect.makeSemaphore(1) }), (locks) => ({
    withLock: (key, effect) =>
      Effect.scopedWith((scope) =>
        Effect.flatMap(Scope.extend(RcMap.get(locks, key), scope), (lock) => lock.withPermits(1)(effect))
      )
  }))
)
