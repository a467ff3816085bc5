import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Fiber, type Scope } from "effect"
import { SpoolError } from "../http/ProtocolErrors.ts"

/**
 * The bytes after which the system begins to bring them to the disk. What is left for the end takes a fraction of a second
 * on most disks, and the storage syncs every result before it is answered.
 */
const SYNC_EVERY = 64 * 1024 ** 2

/** A file that is written while the next bytes arrive. */
export interface WriteBehind {
  /** Begins to write the bytes once those before are written, so memory holds two pieces. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, SpoolError>
  /** Waits until all bytes are written. */
  readonly end: Effect.Effect<void, SpoolError>
}

/** Some file systems cannot sync. The system reports any other failure only once, so it must not be ignored. */
const NOT_SYNCABLE: ReadonlySet<unknown> = new Set(["EINVAL", "ENOTSUP", "EPERM"])

const isNotSyncable = (error: PlatformError): boolean =>
  error._tag === "SystemError" && NOT_SYNCABLE.has((error.cause as { readonly code?: string } | undefined)?.code)

/**
 * Writes and syncs in the background, one of each at a time. The scope waits for them: a late write could reach another file
 * that has got the same descriptor.
 */
export const make = (
  file: Pick<FileSystem.File, "sync" | "writeAll">,
  syncEvery: number = SYNC_EVERY
): Effect.Effect<WriteBehind, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    let writing: Fiber.Fiber<void, SpoolError> = Fiber.void
    let syncing: Fiber.Fiber<void, SpoolError> = Fiber.void
    let unsynced = 0

    const begin = (effect: Effect.Effect<void, PlatformError>) =>
      effect.pipe(
        Effect.mapError((cause) => new SpoolError({ operation: "receive", cause })),
        Effect.uninterruptible,
        Effect.forkIn(scope)
      )

    const sync = Effect.gen(function* () {
      yield* Fiber.join(syncing)
      unsynced = 0
      syncing = yield* begin(Effect.catchIf(file.sync, isNotSyncable, () => Effect.void))
    })

    return {
      write: (bytes) =>
        Effect.gen(function* () {
          yield* Fiber.join(writing)
          if (unsynced >= syncEvery) yield* sync
          unsynced += bytes.length
          writing = yield* begin(file.writeAll(bytes))
        }),
      end: Effect.suspend(() => Effect.zipRight(Fiber.join(writing), Fiber.join(syncing)))
    }
  })
