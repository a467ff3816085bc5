import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { joinBytes } from "@runner-connector/core"
import { Chunk, Effect, Option, Sink, Stream } from "effect"

/** Bytes that replace those at a position. */
export interface FileEdit {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Position and length before the bytes of each change in a list. */
const HEAD = 12

/** Bytes of a list that are written or read at once. One longer change is not divided. */
const BLOCK = 256 * 1024

/** The list of changes beside a file. It is there only until all of them are made. */
const listOf = (path: string): string => `${path}.edits`

const OWNER_ONLY = 0o600

/** The platform's file fails to write no bytes. */
const append = (file: FileSystem.File, bytes: Uint8Array): Effect.Effect<void, PlatformError> =>
  bytes.length === 0 ? Effect.void : file.writeAll(bytes)

/** Makes one change after the other. */
export const write = <E>(
  file: FileSystem.File,
  edits: Stream.Stream<FileEdit, E>
): Effect.Effect<void, E | PlatformError> =>
  Stream.runForEach(edits, ({ at, bytes }) => Effect.zipRight(file.seek(at, "start"), append(file, bytes)))

/** Changes in groups of about one block. */
const grouped = <E>(edits: Stream.Stream<FileEdit, E>): Stream.Stream<Chunk.Chunk<FileEdit>, E> =>
  Stream.transduce(
    edits,
    Sink.foldWeighted({
      initial: Chunk.empty<FileEdit>(),
      maxCost: BLOCK,
      cost: (_, { bytes }) => HEAD + bytes.length,
      body: (some, edit) => Chunk.append(some, edit)
    })
  )

/** Changes where each one that begins at the end of the one before continues it. */
const joined = (edits: Chunk.Chunk<FileEdit>): ReadonlyArray<FileEdit> => {
  const groups: Array<{ readonly at: number; end: number; readonly bytes: Array<Uint8Array> }> = []
  for (const { at, bytes } of edits) {
    const last = groups.at(-1)
    if (last?.end === at) {
      last.bytes.push(bytes)
      last.end += bytes.length
    } else groups.push({ at, end: at + bytes.length, bytes: [bytes] })
  }
  return groups.map(({ at, bytes }) => ({ at, bytes: joinBytes(bytes) }))
}

const encode = (edits: ReadonlyArray<FileEdit>): Uint8Array =>
  joinBytes(
    edits.flatMap(({ at, bytes }) => {
      const head = new DataView(new ArrayBuffer(HEAD))
      head.setBigUint64(0, BigInt(at))
      head.setUint32(8, bytes.length)
      return [new Uint8Array(head.buffer), bytes]
    })
  )

/** Writes the whole list, or none. */
const store = <E>(fs: FileSystem.FileSystem, list: string, edits: Stream.Stream<FileEdit, E>) =>
  Effect.gen(function* () {
    const draft = `${list}.draft`
    const file = yield* fs.open(draft, { flag: "w", mode: OWNER_ONLY })
    yield* Stream.runForEach(grouped(edits), (some) => append(file, encode(joined(some))))
    yield* file.sync
    yield* fs.rename(draft, list)
  }).pipe(Effect.scoped)

/** Reads exactly this many bytes, from a block that is read at once. None at the end of the file. */
const blockwise = (file: FileSystem.File) => {
  let block: Uint8Array = new Uint8Array()
  const take = (length: number): Option.Option<Uint8Array> => {
    if (block.length < length) return Option.none()
    const taken = block.subarray(0, length)
    block = block.subarray(length)
    return Option.some(taken)
  }
  return (length: number): Effect.Effect<Option.Option<Uint8Array>, PlatformError> =>
    block.length >= length
      ? Effect.succeed(take(length))
      : Effect.map(file.readAlloc(Math.max(BLOCK, length - block.length)), (read) => {
          block = joinBytes([block, Option.getOrElse(read, () => new Uint8Array())])
          return take(length)
        })
}

const decode = (list: FileSystem.File): Stream.Stream<FileEdit, PlatformError> => {
  const read = blockwise(list)
  return Stream.unfoldEffect(undefined, () =>
    Effect.gen(function* () {
      const head = yield* read(HEAD)
      if (Option.isNone(head)) return Option.none()
      const view = new DataView(head.value.buffer, head.value.byteOffset, HEAD)
      const at = Number(view.getBigUint64(0))
      return Option.map(yield* read(view.getUint32(8)), (bytes) => [{ at, bytes }, undefined] as const)
    })
  )
}

/** Makes the changes that a killed process has listed. Does nothing when there are none. */
export const finish = (fs: FileSystem.FileSystem, path: string): Effect.Effect<void, PlatformError> =>
  Effect.gen(function* () {
    const list = listOf(path)
    if (!(yield* fs.exists(list))) return
    const file = yield* fs.open(path, { flag: "r+" })
    yield* write(file, decode(yield* fs.open(list, { flag: "r" })))
    yield* fs.remove(list)
  }).pipe(Effect.scoped, Effect.uninterruptible)

/**
 * Changes a file in place. The changes are listed beside it first, so that `finish` can complete them after a kill. Nothing
 * is changed when their stream fails.
 */
export const edit = <E>(
  fs: FileSystem.FileSystem,
  path: string,
  edits: Stream.Stream<FileEdit, E>
): Effect.Effect<void, E | PlatformError> => Effect.zipRight(store(fs, listOf(path), edits), finish(fs, path))
