import { AutoFfmpeg, Ffmpeg, type FfmpegCommand } from "@runner-connector/ffmpeg"
import { Effect } from "effect"

const run = (command: FfmpegCommand): Promise<unknown> =>
  Effect.runPromise(
    Effect.flatMap(Ffmpeg, ({ ffmpeg }) => ffmpeg(command)).pipe(Effect.provide(AutoFfmpeg.layer), Effect.orDie)
  )

/** A 720p clip with audio and moving patterns. */
export const makeClip = (outputDirectory: string, name: string, seconds: number): Promise<unknown> =>
  run({
    inputs: [],
    outputDirectory,
    arguments: ({ output }) => [
      ...["-f", "lavfi", "-i", `testsrc2=size=1280x720:rate=30:duration=${seconds}`],
      ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", output(name)]
    ]
  })

/** The result that a runner creates from a clip: a fragmented MP4 and its playlist. */
export const makeRendition = (source: string, outputDirectory: string, name: string): Promise<unknown> =>
  run({
    inputs: [{ path: source }],
    outputDirectory,
    arguments: ({ input, output }) => [
      ...["-i", input(0), "-vf", "scale=-2:360", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
      ...["-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
      ...[
        "-hls_flags",
        "single_file",
        "-hls_segment_filename",
        output(`${name}-fragmented.mp4`),
        output(`${name}.m3u8`)
      ]
    ]
  })
