import { Chunk, Context, Effect, Layer, Stream } from "effect"
import { FileKey } from "../domain/FileKey.ts"
import { joinBytes } from "../domain/joinBytes.ts"
import { type FileNotFound, FileStorage } from "../ports/FileStorage.ts"
import type { MemoryDisk } from "../ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../ports/memory/MemoryFileStorage.ts"

/** The files of the storage in memory, as a test arranges and inspects them. */
export class TestFiles extends Context.Tag("@runner-connector/core/testing/TestFiles")<
  TestFiles,
  {
    /** Stores a file, as a host does before it asks for a transcoding. */
    readonly put: (key: string, content: Uint8Array | string) => Effect.Effect<void>
    readonly read: (key: string) => Effect.Effect<Uint8Array, FileNotFound>
    /** The content as UTF-8, for playlists and captions. */
    readonly readText: (key: string) => Effect.Effect<string, FileNotFound>
    readonly exists: (key: string) => Effect.Effect<boolean>
    /** The keys of all files, or of those that begin with the prefix, sorted. */
    readonly list: (prefix?: string) => Effect.Effect<ReadonlyArray<string>>
  }
>() {}

/** Records the keys under which files are written. */
const recording = (storage: FileStorage["Type"], keys: Set<FileKey>): FileStorage["Type"] => ({
  ...storage,
  write: (key, content, options) => Effect.tap(storage.write(key, content, options), () => keys.add(key)),
  adopt: (key, path, options) => Effect.tap(storage.adopt(key, path, options), () => keys.add(key))
})

const makeFiles = (storage: FileStorage["Type"], keys: ReadonlySet<FileKey>): TestFiles["Type"] => {
  const exists = (key: FileKey) => Effect.isSuccess(storage.stat(key))
  return {
    put: (key, content) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
      return Effect.orDie(storage.write(FileKey.make(key), Stream.make(bytes)))
    },
    read: (key) =>
      storage.read(FileKey.make(key)).pipe(
        Stream.runCollect,
        Effect.map((chunks) => joinBytes(Chunk.toReadonlyArray(chunks))),
        Effect.catchTag("FileStorageError", Effect.die)
      ),
    readText: (key) =>
      storage
        .read(FileKey.make(key))
        .pipe(Stream.decodeText(), Stream.mkString, Effect.catchTag("FileStorageError", Effect.die)),
    exists: (key) => exists(FileKey.make(key)),
    list: (prefix = "") =>
      Effect.suspend(() => {
        const wanted = Array.from(keys).filter((key) => key.startsWith(prefix))
        return Effect.map(Effect.filter(wanted, exists), (found): ReadonlyArray<string> => found.sort())
      })
  }
}

/** A storage in memory with its files. */
export const layer: Layer.Layer<FileStorage | TestFiles, never, MemoryDisk> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const plain = yield* Effect.provide(FileStorage, MemoryFileStorage.layer)
    const keys = new Set<FileKey>()
    const storage = recording(plain, keys)
    return Layer.merge(Layer.succeed(FileStorage, storage), Layer.succeed(TestFiles, makeFiles(storage, keys)))
  })
)
