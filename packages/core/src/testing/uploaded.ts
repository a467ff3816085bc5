import { Stream } from "effect"
import { UploadedFile } from "../jobs/UploadedFile.ts"
import type { TestFile } from "./results.ts"

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
    read: ({ end, start }) => Stream.suspend(() => Stream.make(bytes().slice(start, end + 1)))
  })
}
