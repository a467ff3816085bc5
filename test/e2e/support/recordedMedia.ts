import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect, type Scope } from "effect"
import { makeClip } from "./clips.ts"
import { type LiveMedia, makeLive } from "./liveMedia.ts"
import type { Part } from "./recordedRunners.ts"
import { makeRendition } from "./rendition.ts"
import { temporaryFolder } from "./workspace.ts"

/** The uploads, by path, and the results of runners. All media last two seconds by default. */
export interface RecordedMedia {
  /** 426x240. */
  readonly clip: string
  /** The same for four seconds, because shorter videos have no storyboard. */
  readonly longer: string
  /** One second. */
  readonly intro: string
  readonly sound: string
  /** The result of types with a single file. */
  readonly result: Buffer
  /** Audio with a picture, of 480 lines. */
  readonly merged: Buffer
  readonly storyboard: Buffer
  /** HLS of 240 lines, and of its single tracks. */
  readonly hls: ReadonlyArray<Part>
  readonly hlsPicture: ReadonlyArray<Part>
  readonly hlsSound: ReadonlyArray<Part>
  readonly live: LiveMedia
}

const size = "426x240"

/** A picture every second, four per row. */
const makeStoryboard = (folder: string, clip: string) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: [{ path: clip }],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-i", input(0), "-vf", "fps=1,scale=192:108,tile=4x1", "-frames:v", "1", output("storyboard.jpg")]
      ]
    })
    return yield* Effect.promise(() => readFile(join(folder, "storyboard.jpg")))
  })

const makeSound = (folder: string) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: [],
      outputDirectory: folder,
      arguments: ({ output }) => ["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac", output("sound.m4a")]
    })
    return join(folder, "sound.m4a")
  })

/** Creates all files. */
export const makeMedia: Effect.Effect<RecordedMedia, FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope> = Effect.gen(
  function* () {
    const folder = yield* temporaryFolder
    const clip = yield* makeClip(folder, "clip.mp4", { size, fps: 25, seconds: 2 })
    const longer = yield* makeClip(folder, "longer.mp4", { size, fps: 25, seconds: 4 })
    const result = yield* makeClip(folder, "result.mp4", { size, fps: 25, seconds: 2, hue: 90 })
    const merged = yield* makeClip(folder, "merged.mp4", { size: "854x480", fps: 25, seconds: 2 })
    const source = yield* Effect.promise(() => readFile(clip))
    return {
      clip,
      longer,
      intro: yield* makeClip(folder, "intro.mp4", { size: "160x90", fps: 25, seconds: 1 }),
      sound: yield* makeSound(folder),
      result: yield* Effect.promise(() => readFile(result)),
      merged: yield* Effect.promise(() => readFile(merged)),
      storyboard: yield* makeStoryboard(folder, longer),
      hls: yield* makeRendition(source, 240),
      hlsPicture: yield* makeRendition(source, 240, "picture"),
      hlsSound: yield* makeRendition(source, 0, "sound"),
      live: yield* makeLive(folder)
    }
  }
)
