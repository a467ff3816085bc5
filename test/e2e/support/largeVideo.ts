import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { fixture } from "./clips.ts"

export const MIB = 1024 ** 2

/** Writes a video of so many bytes and returns its path: the rest is a box without content. */
export const largeVideo = (folder: string, name: string, size: number): Effect.Effect<string> =>
  Effect.promise(async () => {
    const media = await readFile(fixture("faststart.mp4"))
    const box = Buffer.alloc(size - media.length)
    box.writeUInt32BE(box.length, 0)
    box.write("free", 4, "latin1")
    const path = join(folder, name)
    await writeFile(path, Buffer.concat([media, box]))
    return path
  })
