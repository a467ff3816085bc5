import { open } from "node:fs/promises"
import { join } from "node:path"
import type { Readable } from "node:stream"
import { freeBytes } from "@runner-connector/protocol"
import { FileStore } from "@tus/file-store"
import { ERRORS } from "@tus/server"

/** Stores uploads of the tus server in a folder. Each piece is written before the next one is taken, and freed. */
export class FolderStore extends FileStore {
  override async write(source: Readable, id: string, offset: number): Promise<number> {
    const file = await open(join(this.directory, id), "r+").catch(() => {
      throw ERRORS.FILE_WRITE_ERROR
    })
    try {
      let at = offset
      for await (const bytes of source as AsyncIterable<Uint8Array>) {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at)
          done += bytesWritten
          at += bytesWritten
        }
        freeBytes(bytes)
      }
      return at
    } finally {
      await file.close()
    }
  }
}
