import { Chunk, Effect, Layer, type Scope, Stream } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { joinBytes } from "../../domain/joinBytes.ts"
import {
  type ByteRange,
  FileNotFound,
  type FileStat,
  FileStorage,
  FileStorageError,
  MediaSource
} from "../FileStorage.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

const CHUNK_SIZE = 64 * 1024

interface StoredFile {
  readonly bytes: Uint8Array
  readonly etag: string
}

/** Copies, chunk by chunk, so that no reader can change the stored bytes. */
function* pieces(bytes: Uint8Array, range: ByteRange): Generator<Uint8Array> {
  for (let start = range.start; start <= range.end; start += CHUNK_SIZE) {
    yield bytes.slice(start, Math.min(start + CHUNK_SIZE, range.end + 1))
  }
}

/** The stored files, and a number for each new etag and path. */
interface Shelf {
  readonly disk: Map<string, Uint8Array>
  readonly files: Map<FileKey, StoredFile>
  readonly nextNumber: () => number
}

const makeShelf = (disk: Map<string, Uint8Array>): Shelf => {
  let counter = 0
  return {
    disk,
    files: new Map(),
    nextNumber: () => {
      counter += 1
      return counter
    }
  }
}

const put = ({ files, nextNumber }: Shelf, key: FileKey, bytes: Uint8Array): void =>
  void files.set(key, { bytes, etag: `memory-${nextNumber()}` })

const writes = (shelf: Shelf): Pick<FileStorage["Type"], "write" | "adopt" | "remove" | "removeFolder"> => ({
  // Copies the bytes on arrival, because a producer may reuse its buffer.
  write: (key, content) =>
    content.pipe(
      Stream.map((chunk) => chunk.slice()),
      Stream.runCollect,
      Effect.map((chunks) => put(shelf, key, joinBytes(Chunk.toReadonlyArray(chunks))))
    ),
  adopt: (key, path) =>
    Effect.suspend(() => {
      const bytes = shelf.disk.get(path)
      if (bytes === undefined) {
        return new FileStorageError({ operation: "adopt", key, cause: new Error(`There is no ${path}`) })
      }
      shelf.disk.delete(path)
      put(shelf, key, bytes)
      return Effect.void
    }),
  remove: (key) => Effect.sync(() => void shelf.files.delete(key)),
  removeFolder: (folder) =>
    Effect.sync(() => {
      for (const key of shelf.files.keys()) if (key.startsWith(`${folder}/`)) shelf.files.delete(key)
    })
})

/** Puts a file onto the disk for as long as the scope lives. */
const lend = (
  { disk, nextNumber }: Shelf,
  key: FileKey,
  file: StoredFile
): Effect.Effect<MediaSource, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const path = `/memory-file-storage/${nextNumber()}/${key}`
      disk.set(path, file.bytes)
      return path
    }),
    (path) => Effect.sync(() => disk.delete(path))
  ).pipe(Effect.map((path) => MediaSource.Path({ path })))

const reads = (shelf: Shelf): Pick<FileStorage["Type"], "read" | "stat" | "downloadUrl" | "source"> => {
  const find = (key: FileKey): Effect.Effect<StoredFile, FileNotFound> =>
    Effect.suspend(() => {
      const file = shelf.files.get(key)
      return file === undefined ? new FileNotFound({ key }) : Effect.succeed(file)
    })
  return {
    read: (key, range) =>
      Stream.unwrap(
        Effect.map(find(key), ({ bytes }) =>
          Stream.fromIterable(pieces(bytes, range ?? { start: 0, end: bytes.length - 1 }))
        )
      ),
    stat: (key) => Effect.map(find(key), ({ bytes, etag }): FileStat => ({ size: bytes.length, etag })),
    downloadUrl: () => Effect.succeedNone,
    source: (key) => Effect.flatMap(find(key), (file) => lend(shelf, key, file))
  }
}

const make = Effect.map(MemoryDisk, (disk) => {
  const shelf = makeShelf(disk)
  return FileStorage.of({ ...reads(shelf), ...writes(shelf) })
})

/**
 * Stores files in memory, under the contract of every storage. A source exists on the `MemoryDisk` while its scope
 * lives, so that tests notice late uses.
 */
export const layer: Layer.Layer<FileStorage, never, MemoryDisk> = Layer.effect(FileStorage, make)
