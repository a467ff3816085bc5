import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { joinBytes } from "@runner-connector/core"
import { Effect, Fiber, type Scope } from "effect"
import { SpoolError } from "../http/ProtocolErrors.ts"

/**
 * The bytes after which the system begins to bring them to the disk. What is left for the end takes a fraction of a second
 * on most disks, and the storage syncs every result before it is answered.
 */
const SYNC_EVERY = 64 * 1024 ** 2

/** The bytes that are collected while others are written. Sockets bring them in pieces that are too small for a disk. */
const HOLD = 1024 ** 2

/** A file that is written while the next bytes arrive. */
export interface WriteBehind {
  /** Begins to write the bytes once those before are written. Waits as soon as enough bytes are collected. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, SpoolError>
  /** Waits until all bytes are written. */
  readonly end: Effect.Effect<void, SpoolError>
}

/** Some file systems cannot sync. The system reports any other failure only once, so it must not be ignored. */
const NOT_SYNCABLE: ReadonlySet<unknown> = new Set(["EINVAL", "ENOTSUP", "EPERM"])

const isNotSyncable = (error: PlatformError): boolean =>
  error._tag === "SystemError" && NOT_SYNCABLE.has((error.cause as { readonly code?: string } | undefined)?.code)

/** Pieces that wait until they are written together. */
const makeCollected = () => {
  let pieces: Array<Uint8Array> = []
  let size = 0
  return {
    size: () => size,
    add: (piece: Uint8Array): void => {
      pieces.push(piece)
      size += piece.length
    },
    take: (): Uint8Array => {
      const bytes = joinBytes(pieces)
      pieces = []
      size = 0
      return bytes
    }
  }
}

type File = Pick<FileSystem.File, "sync" | "writeAll">

/** Makes one step after the other in the background. The scope waits for them. */
const makeSteps = (scope: Scope.Scope) => {
  let running: Fiber.Fiber<void, SpoolError> = Fiber.void
  let isRunning = false
  const ended = Effect.sync(() => {
    isRunning = false
  })
  return {
    isRunning: () => isRunning,
    join: Effect.suspend(() => Fiber.join(running)),
    /** Called after `join`. */
    begin: (step: Effect.Effect<void, PlatformError>) =>
      Effect.suspend(() => {
        isRunning = true
        return step.pipe(
          Effect.mapError((cause) => new SpoolError({ operation: "receive", cause })),
          Effect.ensuring(ended),
          Effect.uninterruptible,
          Effect.forkIn(scope)
        )
      }).pipe(
        Effect.map((fiber) => {
          running = fiber
        })
      )
  }
}

/**
 * Writes and syncs in the background, one of each at a time. The scope waits for them: a late write could reach another file
 * that has got the same descriptor.
 */
export const make = (
  file: File,
  { hold = HOLD, syncEvery = SYNC_EVERY }: { readonly hold?: number; readonly syncEvery?: number } = {}
): Effect.Effect<WriteBehind, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const [writes, syncs] = [makeSteps(scope), makeSteps(scope)]
    const collected = makeCollected()
    let unsynced = 0

    const sync = Effect.gen(function* () {
      yield* syncs.join
      unsynced = 0
      yield* syncs.begin(Effect.catchIf(file.sync, isNotSyncable, () => Effect.void))
    })

    const flush = Effect.gen(function* () {
      yield* writes.join
      if (collected.size() === 0) return
      if (unsynced >= syncEvery) yield* sync
      unsynced += collected.size()
      yield* writes.begin(file.writeAll(collected.take()))
    })

    return {
      write: (bytes) =>
        Effect.suspend(() => {
          collected.add(bytes)
          return writes.isRunning() && collected.size() < hold ? Effect.void : flush
        }),
      end: flush.pipe(Effect.zipRight(writes.join), Effect.zipRight(syncs.join))
    }
  })
