import { Effect, Stream } from "effect"
import type { Patch } from "../domain/mp4/index.ts"
import { UploadedFile } from "../jobs/UploadedFile.ts"
import type { TestFile } from "./results.ts"

/** A copy of the bytes with the patches in it. */
export const patched = <E>(bytes: Uint8Array, patches: Stream.Stream<Patch, E>): Effect.Effect<Uint8Array, E> =>
  Stream.runFold(patches, bytes.slice(), (copy, patch) => {
    copy.set(patch.bytes, patch.at)
    return copy
  })

/** The file as if its upload had ended: on the local disk, under the path. */
export const uploaded = (disk: Map<string, Uint8Array>, path: string, file: TestFile): UploadedFile => {
  disk.set(path, file.bytes)
  const bytes = () => disk.get(path) ?? new Uint8Array()
  return new UploadedFile({
    path,
    filename: file.filename,
    contentType: file.contentType,
    size: file.bytes.length,
    content: Stream.suspend(() => Stream.make(bytes())),
    read: ({ end, start }) => Stream.suspend(() => Stream.make(bytes().slice(start, end + 1))),
    edited: (edits) =>
      Effect.map(patched(bytes(), edits), (changed) => {
        disk.set(path, changed)
        return path
      })
  })
}
