import { randomUUID } from "node:crypto"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { type Asked, makeHlsResult } from "../media.ts"

/** A result of FFmpeg, and the seconds that FFmpeg took. */
export interface Result {
  readonly media: Uint8Array<ArrayBuffer>
  readonly playlist: Uint8Array<ArrayBuffer>
  /** File names begin with it, as those of stock runners do. */
  readonly name: string
  readonly seconds: number
}

/** Results by request and by length of the input. The parts of the film are equal. */
export interface Results {
  readonly get: (asked: Asked, input: Uint8Array) => Promise<Result>
}

/** Makes a result from the bytes of an input. */
export const encode = async (folder: string, asked: Asked, input: Uint8Array): Promise<Result> => {
  const name = `${randomUUID()}-${asked.resolution}`
  await mkdir(folder, { recursive: true })
  const source = join(folder, `${name}-input`)
  await writeFile(source, input)
  const began = performance.now()
  await makeHlsResult(source, folder, name, asked)
  const seconds = (performance.now() - began) / 1000
  const read = async (file: string) => new Uint8Array(await readFile(join(folder, file)))
  const [media, playlist] = await Promise.all([read(`${name}-fragmented.mp4`), read(`${name}.m3u8`)])
  return { media, playlist, name, seconds }
}

/** Makes each result once, and one at a time, so that FFmpeg has the machine for itself. */
export const makeResults = (folder: string): Results => {
  const known = new Map<string, Promise<Result>>()
  let last: Promise<unknown> = Promise.resolve()

  return {
    get: (asked, input) => {
      const key = `${asked.resolution} ${asked.fps} ${input.length}`
      const found = known.get(key)
      if (found !== undefined) return found
      const made = last.then(() => encode(folder, asked, input))
      last = made
      known.set(key, made)
      return made
    }
  }
}
