import { readFile } from "node:fs/promises"
import { Effect } from "effect"
import { FfmpegError } from "../Ffmpeg.ts"

/** The locations of the ffmpeg.wasm packages. */
export interface WasmCore {
  /** The `FFmpeg` class of `@ffmpeg/ffmpeg`. */
  readonly FFmpeg: typeof import("@ffmpeg/ffmpeg").FFmpeg
  readonly workerUrl: string
  readonly coreUrl: string
  readonly wasmUrl: string
}

const missing = (cause: unknown) => {
  const hint = new Error(
    "FFmpeg is missing: install the programs ffmpeg and ffprobe, or the npm package @ffmpeg/core (GPL-2.0-or-later)",
    { cause }
  )
  return new FfmpegError({ program: "ffmpeg", reason: "missing", cause: hint })
}

/** Finds the core and its version. Fails with an installation hint if the core is not installed. */
export const find: Effect.Effect<{ readonly coreUrl: string; readonly version: string }, FfmpegError> =
  Effect.tryPromise({
    try: async () => {
      const coreUrl = import.meta.resolve("@ffmpeg/core")
      const description: { version: string } = JSON.parse(
        await readFile(new URL("../../package.json", coreUrl), "utf8")
      )
      return { coreUrl, version: `@ffmpeg/core ${description.version}` }
    },
    catch: missing
  })

const locate = async (coreUrl: string): Promise<WasmCore> => {
  // The entry point of @ffmpeg/ffmpeg does not run in Node. Its worker entry point does, and the class is in the same
  // folder.
  const workerUrl = import.meta.resolve("@ffmpeg/ffmpeg/worker")
  const { FFmpeg }: typeof import("@ffmpeg/ffmpeg") = await import(new URL("./index.js", workerUrl).href)
  return { FFmpeg, workerUrl, coreUrl, wasmUrl: new URL("./ffmpeg-core.wasm", coreUrl).href }
}

/** Loads the class. Each process loads the core for itself. */
export const load = (coreUrl: string): Effect.Effect<WasmCore, FfmpegError> =>
  Effect.tryPromise({
    try: () => locate(coreUrl),
    catch: (cause) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })
  })
