import { type FileKey, Tokens, UploadStore } from "@runner-connector/core"
import { ProtocolErrors } from "@runner-connector/protocol"
import type { Lock, Locker } from "@tus/server"
import { DateTime, Duration, Effect, Either, Fiber, Option, Runtime, Schedule } from "effect"
import type { PartialFiles } from "./PartialFiles.ts"
import { Refused } from "./Refused.ts"

/** How long a lock outlives the last sign of life of its process. */
const LEASE = Duration.seconds(10)
/** The time between two signs of life. */
const RENEWAL = Duration.seconds(1)
const PAUSE = Duration.millis(250)
/** Longer than the lease, so that the lock of a dead process is taken over within one request. */
const PATIENCE = Duration.seconds(15)

interface Held {
  readonly key: FileKey.FileKey
  readonly owner: string
  readonly renewal: Fiber.RuntimeFiber<void>
}

const wishOf = (owner: string) =>
  Effect.map(DateTime.now, (at): UploadStore.UploadLock => ({ owner, at, until: DateTime.addDuration(at, LEASE) }))

const makeLocks = Effect.gen(function* () {
  const store = yield* UploadStore.UploadStore
  const { uuid } = yield* Tokens.Identifiers
  const ask = (key: FileKey.FileKey, owner: string) => Effect.flatMap(wishOf(owner), (wish) => store.lock(key, wish))

  /** Shows life, and ends the request when another process waits for it or has taken over. */
  const renew = (key: FileKey.FileKey, owner: string, cancel: () => void) =>
    ask(key, owner).pipe(
      Effect.tap((state) => (state === "held" ? Effect.void : Effect.sync(cancel))),
      Effect.catchAll((error) => Effect.logDebug("The lock of an upload was not renewed", error)),
      Effect.delay(RENEWAL),
      Effect.forever
    )

  const take = (key: FileKey.FileKey, signal: AbortSignal, cancel: () => void) =>
    Effect.gen(function* () {
      const owner = yield* uuid
      yield* Effect.filterOrFail(
        ask(key, owner),
        (state) => state !== "taken",
        () => new ProtocolErrors.UploadLocked()
      ).pipe(
        Effect.retry({
          while: (error) => error._tag === "UploadLocked" && !signal.aborted,
          schedule: Schedule.spaced(PAUSE).pipe(Schedule.upTo(PATIENCE))
        })
      )
      const renewal = yield* Effect.forkDaemon(renew(key, owner, cancel))
      return { key, owner, renewal }
    })

  const release = ({ key, owner, renewal }: Held) =>
    Effect.gen(function* () {
      yield* Fiber.interrupt(renewal)
      const at = yield* DateTime.now
      yield* store.lock(key, { owner, at, until: at })
    }).pipe(Effect.catchAll((error) => Effect.logDebug("An upload was not unlocked", error)))
  return { release, take }
})

/**
 * Lets one request at a time work with an upload, in all processes with the same database. A later request ends the
 * earlier one, because its client has usually lost the connection.
 */
export const makeLocker = ({ idOf, keyOfBegun }: PartialFiles): Effect.Effect<Locker, never, UploadStore.UploadStore> =>
  Effect.gen(function* () {
    const { release, take } = yield* makeLocks
    const run = Runtime.runPromise(yield* Effect.runtime<never>())

    const newLock = (name: string): Lock => {
      let held: Held | undefined
      const lock = (signal: AbortSignal, cancel: () => void) =>
        Effect.flatMap(
          Option.match(idOf(name), { onNone: () => Effect.succeedNone, onSome: keyOfBegun }),
          Option.match({ onNone: () => Effect.void, onSome: (key) => take(key, signal, cancel) })
        ).pipe(Effect.either)
      return {
        lock: async (signal, cancel) => {
          const taken = await run(lock(signal, () => void cancel()))
          if (Either.isLeft(taken)) throw new Refused({ error: taken.left })
          held = taken.right ?? undefined
        },
        unlock: () => (held === undefined ? Promise.resolve() : run(release(held)))
      }
    }
    return { newLock }
  })
