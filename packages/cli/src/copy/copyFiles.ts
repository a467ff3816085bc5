import { createHash } from "node:crypto"
import type { PlatformError } from "@effect/platform/Error"
import { type FileKey, type FileStorage, MediaTypes } from "@runner-connector/core"
import { Effect, Either, Ref, Stream } from "effect"
import { Refusal } from "../Refusal.ts"
import type { Journal } from "./Journal.ts"

type Storage = FileStorage.FileStorage["Type"]
type Source = Pick<Storage, "read" | "stat">

/** A storage with its name in the journal. */
export interface Side<S = Storage> {
  readonly name: string
  readonly storage: S
}

/** What a run has done so far. */
export interface Progress {
  readonly copied: number
  /** Files that earlier runs have copied. */
  readonly present: number
  /** Files that were deleted meanwhile. */
  readonly gone: number
  readonly failed: number
  /** Bytes of the copied files. */
  readonly bytes: number
}

export const nothing: Progress = { copied: 0, present: 0, gone: 0, failed: 0, bytes: 0 }

/** Files that are copied at once. */
const AT_ONCE = 4

/** Passes the bytes on, and returns their number and their SHA-256 at the end. */
const measured = <E>(content: Stream.Stream<Uint8Array, E>) => {
  const hash = createHash("sha256")
  let size = 0
  const passed = Stream.tap(content, (bytes) =>
    Effect.sync(() => {
      hash.update(bytes)
      size += bytes.length
    })
  )
  return { passed, sum: () => `${size} ${hash.digest("hex")}` }
}

const sumOf = <E>(content: Stream.Stream<Uint8Array, E>) => {
  const { passed, sum } = measured(content)
  return Effect.map(Stream.runDrain(passed), sum)
}

/** Copies the file, reads the copy, and compares size and hash. */
const copyOne = (from: Source, to: Storage, key: FileKey.FileKey) =>
  Effect.gen(function* () {
    const { passed, sum } = measured(from.read(key))
    yield* to.write(key, passed, { contentType: MediaTypes.mediaTypeOf(key) })
    const expected = sum()
    const found = yield* sumOf(to.read(key))
    if (found !== expected) return yield* new Refusal({ message: `The copy of ${key} differs from its source.` })
  })

type Outcome = "copied" | "present" | "gone"

/** Copies a file unless the journal lists the copy, and verifies it. `gone`: the source has no such file. */
export const ensureCopy = (
  from: Side<Source>,
  to: Side,
  journal: Journal,
  key: FileKey.FileKey
): Effect.Effect<
  { readonly outcome: Outcome; readonly size: number },
  Refusal | FileStorage.FileStorageError | PlatformError
> =>
  Effect.gen(function* () {
    const versions = Effect.all([from.storage.stat(key), Effect.either(to.storage.stat(key))])
    const [source, earlier] = yield* versions
    const entry = (copy: string) => ({ from: from.name, to: to.name, key, source: source.etag, copy })
    if (Either.isRight(earlier) && journal.has(entry(earlier.right.etag))) {
      return { outcome: "present" as Outcome, size: 0 }
    }
    yield* copyOne(from.storage, to.storage, key)
    // A source that was replaced meanwhile is copied again by the next run, because its etag is another one.
    yield* journal.add(entry((yield* to.storage.stat(key)).etag))
    return { outcome: "copied" as Outcome, size: source.size }
  }).pipe(Effect.catchTag("FileNotFound", () => Effect.succeed({ outcome: "gone" as Outcome, size: 0 })))

/**
 * Copies the files that the journal does not know yet. A file that fails is reported and does not stop the others.
 */
export const copyFiles = <E, R>(
  files: Stream.Stream<FileKey.FileKey, E, R>,
  {
    from,
    journal,
    progress,
    report,
    to
  }: {
    readonly from: Side<Source>
    readonly to: Side
    readonly journal: Journal
    readonly progress: Ref.Ref<Progress>
    readonly report: (key: FileKey.FileKey, error: Error) => Effect.Effect<void>
  }
): Effect.Effect<void, E | PlatformError, R> =>
  files.pipe(
    Stream.mapEffect(
      (key) =>
        ensureCopy(from, to, journal, key).pipe(
          Effect.matchEffect({
            onSuccess: ({ outcome, size }) =>
              Ref.update(progress, (now) => ({ ...now, [outcome]: now[outcome] + 1, bytes: now.bytes + size })),
            onFailure: (error) =>
              Effect.zipRight(
                Ref.update(progress, (now) => ({ ...now, failed: now.failed + 1 })),
                report(key, error)
              )
          })
        ),
      { concurrency: AT_ONCE, unordered: true }
    ),
    Stream.runDrain
  )
