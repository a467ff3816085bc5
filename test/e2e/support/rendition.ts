import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import type { Part } from "./recordedRunners.ts"
import { temporaryFolder } from "./workspace.ts"

/** The form parts of an HLS result, named as the real runner names them. */
const parts = (name: string, video: Uint8Array, playlist: Uint8Array): ReadonlyArray<Part> => [
  { name: "payload[videoFile]", filename: `${name}-fragmented.mp4`, type: "video/mp4", bytes: video },
  {
    ...{ name: "payload[resolutionPlaylistFile]", filename: `${name}.m3u8` },
    ...{ type: "application/vnd.apple.mpegurl", bytes: playlist }
  }
]

/** The tracks of a rendition. */
export type Tracks = "both" | "picture" | "sound"

const encoding = (resolution: number, tracks: Tracks): ReadonlyArray<string> => {
  const picture = ["-vf", `scale=-2:${resolution}`, "-c:v", "libx264", "-preset", "ultrafast", "-g", "24"]
  return [...(tracks === "sound" ? ["-vn"] : picture), ...(tracks === "picture" ? ["-an"] : ["-c:a", "aac"])]
}

/** Creates the rendition that a job requests, in segments of two seconds. */
export const makeRendition = (
  source: Uint8Array,
  resolution: number,
  tracks: Tracks = "both"
): Effect.Effect<ReadonlyArray<Part>, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = join(folder, "source")
    yield* Effect.promise(() => writeFile(path, source))
    const { ffmpeg } = yield* Ffmpeg
    const name = `${crypto.randomUUID()}-${resolution}`
    yield* ffmpeg({
      inputs: [{ path }],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-i", input(0), ...encoding(resolution, tracks)],
        ...["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
        ...["-hls_flags", "single_file", "-hls_segment_filename", output(`${name}-fragmented.mp4`)],
        output(`${name}.m3u8`)
      ]
    })
    const [video, playlist] = yield* Effect.promise(() =>
      Promise.all([readFile(join(folder, `${name}-fragmented.mp4`)), readFile(join(folder, `${name}.m3u8`))])
    )
    return parts(name, video, playlist)
  }).pipe(Effect.scoped)
