import type { Vitest } from "@effect/vitest"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Effect, type Layer, Option, Stream } from "effect"

/** Setup of the contract for one adapter. */
export interface FileStorageHarness<R, E> {
  readonly layer: Layer.Layer<FileStorage.FileStorage | R, E>
  /** Creates a file on the adapter's local disk and returns its path. */
  readonly localFile: (bytes: Uint8Array) => Effect.Effect<string, unknown, R>
  readonly localFileExists: (path: string) => Effect.Effect<boolean, unknown, R>
  /** Reads a source as a probe would. */
  readonly open: (source: FileStorage.MediaSource) => Effect.Effect<Uint8Array, unknown, R>
  /** The names of everything stored besides complete files: temporary files and unfinished uploads. */
  readonly leftovers: Effect.Effect<ReadonlyArray<string>, unknown, R>
  /** The maximum number of bytes referenced while 30 MiB are streamed. `"holds all"` only for in-memory storages. */
  readonly streamingBudget: number | "holds all"
}

/** Runs the tests of a group within the layer of the harness. */
export type Cases = <R, E>(
  it: Vitest.MethodsNonLive<FileStorage.FileStorage | R>,
  harness: FileStorageHarness<R, E>
) => void

/** A key that no other test uses. */
export const freshKey = (name = "file.bin"): FileKey.FileKey => FileKey.FileKey.make(`${crypto.randomUUID()}/${name}`)

/** Bytes that depend on the seed at every position and do not repeat at powers of two. */
export const someBytes = (size: number, seed = 0, offset = 0): Uint8Array => {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = ((i + offset) % 251) + seed
  return bytes
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export const join = (chunks: Iterable<Uint8Array>): Uint8Array => Buffer.concat([...chunks])

/** Splits the bytes into chunks of the given size. */
export const inPieces = (bytes: Uint8Array, size: number): Stream.Stream<Uint8Array> =>
  Stream.unfold(0, (start) => {
    if (start >= bytes.length) return Option.none()
    return Option.some([bytes.slice(start, start + size), start + size] as const)
  })

export const write = (
  key: FileKey.FileKey,
  bytes: Uint8Array
): Effect.Effect<void, FileStorage.FileStorageError, FileStorage.FileStorage> =>
  Effect.flatMap(FileStorage.FileStorage, (storage) => storage.write(key, Stream.succeed(bytes)))

export const readAll = (
  key: FileKey.FileKey,
  range?: { readonly start: number; readonly end: number }
): Effect.Effect<Uint8Array, FileStorage.FileNotFound | FileStorage.FileStorageError, FileStorage.FileStorage> =>
  Effect.flatMap(FileStorage.FileStorage, (storage) => Effect.map(Stream.runCollect(storage.read(key, range)), join))

/** Returns whether a file exists under the key. */
export const exists = (
  key: FileKey.FileKey
): Effect.Effect<boolean, FileStorage.FileStorageError, FileStorage.FileStorage> =>
  Effect.flatMap(FileStorage.FileStorage, (storage) => storage.stat(key)).pipe(
    Effect.as(true),
    Effect.catchTag("FileNotFound", () => Effect.succeed(false))
  )
