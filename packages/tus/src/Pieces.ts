import { FileKey, FileStorage, Upload } from "@runner-connector/core"
import { Chunk, Effect, Stream } from "effect"

/** Bytes of a piece. Clients send requests of the same size, so that each of them stores one piece. */
export const PIECE_SIZE = 8 * 1024 ** 2

type Failure = FileStorage.FileStorageError

/**
 * The bytes of unfinished uploads, as numbered pieces of one size in the storage. The number of a piece says where its bytes
 * belong, so a writer that is late cannot put them elsewhere. Only the last piece may be shorter.
 */
export interface Pieces {
  readonly size: number
  /** How many bytes there are without a gap. */
  readonly received: (key: FileKey.FileKey) => Effect.Effect<number, Failure>
  /** The first bytes of a piece. Fails when it has less. */
  readonly begin: (key: FileKey.FileKey, index: number, bytes: number) => Effect.Effect<Uint8Array, Failure>
  readonly write: (
    key: FileKey.FileKey,
    index: number,
    bytes: ReadonlyArray<Uint8Array>
  ) => Effect.Effect<void, Failure>
  /** Joins the pieces to the file under the key. When one is too short, those after it are removed, and the call fails. */
  readonly join: (key: FileKey.FileKey, bytes: number, contentType: string) => Effect.Effect<void, Failure>
  /** Removes the pieces. */
  readonly remove: (key: FileKey.FileKey) => Effect.Effect<void, Failure>
  /** Removes the pieces and the note beside them. */
  readonly removeAll: (key: FileKey.FileKey) => Effect.Effect<void, Failure>
}

/** Uploads whose progress this process remembers, so that it need not be searched. */
const MAX_REMEMBERED = 1000

const folderOf = (key: FileKey.FileKey) => FileKey.inFolder(Upload.piecesOf(key), "data")

const pieceOf = (key: FileKey.FileKey, index: number) => FileKey.inFolder(folderOf(key), String(index))

const tooShort = (key: FileKey.FileKey) =>
  new FileStorage.FileStorageError({ operation: "read", key, cause: new Error("A piece of the upload is too short") })

/** Finds the first number that is not full. All before it are. */
const makeSearch = (isFull: (index: number) => Effect.Effect<boolean, Failure>) =>
  Effect.fnUntraced(function* (hint: number) {
    // `low` is known to be after a full one, `high` is not full.
    let low = hint > 0 && (yield* isFull(hint - 1)) ? hint : 0
    let step = 1
    let high = low
    while (yield* isFull(high)) {
      low = high + 1
      high = low + step
      step *= 2
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (yield* isFull(middle)) low = middle + 1
      else high = middle
    }
    return low
  })

const makeReceived = ({ stat }: FileStorage.FileStorage["Type"], size: number): Pieces["received"] => {
  const remembered = new Map<FileKey.FileKey, number>()
  return (key) =>
    Effect.gen(function* () {
      const sizeOf = (index: number) =>
        stat(pieceOf(key, index)).pipe(
          Effect.map((found) => found.size),
          Effect.catchTag("FileNotFound", () => Effect.succeed(0))
        )
      const full = yield* makeSearch((index) => Effect.map(sizeOf(index), (bytes) => bytes >= size))(
        remembered.get(key) ?? 0
      )
      remembered.delete(key)
      remembered.set(key, full)
      const [oldest] = remembered.keys()
      if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
      return full * size + (yield* sizeOf(full))
    })
}

/** A piece that has fewer bytes than those after it need. */
class ShortPiece {
  readonly _tag = "ShortPiece"
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
}

/** The bytes that a complete file needs of a piece. */
const makeContent =
  ({ read, stat }: FileStorage.FileStorage["Type"], size: number) =>
  (key: FileKey.FileKey, bytes: number) => {
    const piece = (index: number) => {
      const name = pieceOf(key, index)
      const needed = Math.min(size, bytes - index * size)
      const sound = Effect.filterOrFail(
        stat(name),
        (found) => found.size >= needed,
        () => new ShortPiece(index)
      )
      return Stream.unwrap(Effect.as(sound, read(name, { start: 0, end: needed - 1 }))).pipe(
        Stream.catchTag("FileNotFound", () => Stream.fail(new ShortPiece(index)))
      )
    }
    const count = Math.ceil(bytes / size)
    return count === 0 ? Stream.empty : Stream.flatMap(Stream.range(0, count - 1), piece)
  }

const makeJoin = (storage: FileStorage.FileStorage["Type"], size: number): Pieces["join"] => {
  const contentOf = makeContent(storage, size)
  return (key, bytes, contentType) =>
    storage.write(key, contentOf(key, bytes), { contentType }).pipe(
      Effect.catchTag("ShortPiece", ({ index }) => {
        const later = Array.from({ length: Math.ceil(bytes / size) - index - 1 }, (_, more) => index + 1 + more)
        const removed = Effect.forEach(later, (number) => storage.remove(pieceOf(key, number)), { discard: true })
        return Effect.zipRight(removed, tooShort(key))
      })
    )
}

/** Pieces in the storage. */
export const inStorage = (size: number): Effect.Effect<Pieces, never, FileStorage.FileStorage> =>
  Effect.map(FileStorage.FileStorage, (storage) => ({
    size,
    received: makeReceived(storage, size),
    begin: (key, index, bytes) =>
      bytes === 0
        ? Effect.succeed(new Uint8Array(0))
        : Stream.runCollect(storage.read(pieceOf(key, index), { start: 0, end: bytes - 1 })).pipe(
            Effect.map((chunks) => Buffer.concat(Chunk.toReadonlyArray(chunks))),
            Effect.catchTag("FileNotFound", () => tooShort(key)),
            Effect.filterOrFail(
              (found) => found.length === bytes,
              () => tooShort(key)
            )
          ),
    write: (key, index, bytes) => storage.write(pieceOf(key, index), Stream.fromIterable(bytes)),
    join: makeJoin(storage, size),
    remove: (key) => storage.removeFolder(folderOf(key)),
    removeAll: (key) => storage.removeFolder(Upload.piecesOf(key))
  }))
