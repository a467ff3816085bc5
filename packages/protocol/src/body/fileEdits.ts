import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Chunk, Effect, Option, Stream } from "effect"

/** Bytes that replace those at a position. */
export interface FileEdit {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Position and length before the bytes of each change in a list. */
const HEAD = 12

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

const encode = (edits: ReadonlyArray<FileEdit>): Uint8Array => {
  const encoded = new Uint8Array(edits.reduce((size, { bytes }) => size + HEAD + bytes.length, 0))
  const view = new DataView(encoded.buffer)
  let start = 0
  for (const { at, bytes } of edits) {
    view.setBigUint64(start, BigInt(at))
    view.setUint32(start + 8, bytes.length)
    encoded.set(bytes, start + HEAD)
    start += HEAD + bytes.length
  }
  return encoded
}

/** Writes the whole list, or none. */
const store = <E>(fs: FileSystem.FileSystem, list: string, edits: Stream.Stream<FileEdit, E>) =>
  Effect.gen(function* () {
    const draft = `${list}.draft`
    const file = yield* fs.open(draft, { flag: "w", mode: OWNER_ONLY })
    yield* Stream.runForEachChunk(edits, (some) => append(file, encode(Chunk.toReadonlyArray(some))))
    yield* file.sync
    yield* fs.rename(draft, list)
  }).pipe(Effect.scoped)

const decode = (list: FileSystem.File): Stream.Stream<FileEdit, PlatformError> =>
  Stream.unfoldEffect(undefined, () =>
    Effect.gen(function* () {
      const head = yield* list.readAlloc(HEAD)
      if (Option.isNone(head)) return Option.none()
      const view = new DataView(head.value.buffer, head.value.byteOffset, HEAD)
      const at = Number(view.getBigUint64(0))
      const length = view.getUint32(8)
      const bytes = length === 0 ? Option.some(new Uint8Array()) : yield* list.readAlloc(length)
      return Option.map(bytes, (some) => [{ at, bytes: some }, undefined] as const)
    })
  )

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
