import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Fiber, type Scope } from "effect"

/**
 * The bytes after which the system begins to bring them to the disk, so that little is left for the end. The storage syncs
 * every result before it is answered.
 */
const SYNC_EVERY = 32 * 1024 ** 2

/**
 * The bytes that are written together. Sockets bring them in pieces that are too small for a disk. Larger writes can cost several
 * times the CPU time, see docs/decisions.md.
 */
const HOLD = 256 * 1024

/** A file that is written while the next bytes arrive. */
export interface WriteBehind<E> {
  /** Collects copies of the bytes. Begins to write them as soon as there are enough, once those before are written. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, E>
  /** Waits until all bytes are written. */
  readonly end: Effect.Effect<void, E>
  /** Waits for the syncs that have begun. */
  readonly settle: Effect.Effect<void, E>
  /** Waits until all bytes are on the disk, after `end`. */
  readonly sync: Effect.Effect<void, E>
}

/** Some file systems cannot sync. The system reports any other failure only once, so it must not be ignored. */
const NOT_SYNCABLE: ReadonlySet<unknown> = new Set(["EINVAL", "ENOTSUP", "EPERM"])

const isNotSyncable = (error: PlatformError): boolean =>
  error._tag === "SystemError" && NOT_SYNCABLE.has((error.cause as { readonly code?: string } | undefined)?.code)

/** Collects copies of bytes in two buffers: one is filled while the other one is written. */
const makeCollected = (capacity: number) => {
  let filling = new Uint8Array()
  let spare = new Uint8Array()
  let size = 0

  /** The first piece may be the whole file. */
  const makeRoom = (added: number): void => {
    if (filling.length === capacity || size + added <= filling.length) return
    const larger = new Uint8Array(size === 0 ? Math.min(added, capacity) : capacity)
    larger.set(filling.subarray(0, size))
    filling = larger
  }

  return {
    size: () => size,
    /** Returns how many bytes of the piece were collected: all of them unless the buffer is full now. */
    add: (piece: Uint8Array): number => {
      makeRoom(piece.length)
      const fitting = Math.min(piece.length, filling.length - size)
      filling.set(piece.subarray(0, fitting), size)
      size += fitting
      return fitting
    },
    take: (): Uint8Array => {
      const bytes = filling.subarray(0, size)
      ;[filling, spare] = [spare, filling]
      size = 0
      return bytes
    }
  }
}

type File = Pick<FileSystem.File, "sync" | "writeAll">

/** Makes one step after the other in the background. The scope waits for them. */
const makeSteps = <E>(scope: Scope.Scope, failed: (cause: PlatformError) => E) => {
  let running: Fiber.Fiber<void, E> = Fiber.void
  return {
    join: Effect.suspend(() => Fiber.join(running)),
    /** Called after `join`. */
    begin: (step: Effect.Effect<void, PlatformError>) =>
      step.pipe(
        Effect.mapError(failed),
        Effect.uninterruptible,
        Effect.forkIn(scope),
        Effect.map((fiber) => {
          running = fiber
        })
      )
  }
}

/** Bytes. `hold` are written together, 256 KiB when left out. `syncEvery` are synced together, 32 MiB when left out. */
export interface Sizes {
  readonly hold?: number
  readonly syncEvery?: number
}

/**
 * Writes and syncs in the background, one of each at a time. The scope waits for them: a late write could reach another file
 * that has got the same descriptor. `failed` makes the error of all calls.
 */
export const make = <E>(
  file: File,
  failed: (cause: PlatformError) => E,
  { hold = HOLD, syncEvery = SYNC_EVERY }: Sizes = {}
): Effect.Effect<WriteBehind<E>, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const [writes, syncs] = [makeSteps(scope, failed), makeSteps(scope, failed)]
    const collected = makeCollected(hold)
    let unsynced = 0

    const beginSync = Effect.gen(function* () {
      yield* syncs.join
      unsynced = 0
      yield* syncs.begin(Effect.catchIf(file.sync, isNotSyncable, () => Effect.void))
    })

    const flush = Effect.gen(function* () {
      yield* writes.join
      if (collected.size() === 0) return
      if (unsynced >= syncEvery) yield* beginSync
      unsynced += collected.size()
      yield* writes.begin(file.writeAll(collected.take()))
    })

    const write: WriteBehind<E>["write"] = (bytes) =>
      Effect.suspend(() => {
        const taken = collected.add(bytes)
        if (collected.size() < hold) return Effect.void
        return taken < bytes.length ? Effect.zipRight(flush, write(bytes.subarray(taken))) : flush
      })

    return {
      write,
      end: Effect.zipRight(flush, writes.join),
      settle: syncs.join,
      sync: Effect.suspend(() => (unsynced > 0 ? Effect.zipRight(beginSync, syncs.join) : syncs.join))
    }
  })
