import { AutoFfmpeg, Ffmpeg, type FfmpegCommand } from "@runner-connector/ffmpeg"
import { Effect, ManagedRuntime } from "effect"

/** One for all commands, because the engine is looked up by starting both programs. */
const runtime = ManagedRuntime.make(AutoFfmpeg.layer)

/** Ends the engine. Its workers would keep the program alive. */
export const endEngine = (): Promise<void> => runtime.dispose()

/** Runs a command of FFmpeg. */
export const run = (command: FfmpegCommand): Promise<unknown> =>
  runtime.runPromise(Effect.orDie(Effect.flatMap(Ffmpeg, ({ ffmpeg }) => ffmpeg(command))))

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

/** Seconds of the part of a film that is encoded and repeated. Divides the length of the usual chunk. */
const PART = 10

/**
 * A film of 1080 lines and 5 Mbit/s with audio and a keyframe every two seconds, of so many seconds. A part of it is encoded and repeated by
 * copying, so that an hour takes little more than a minute.
 */
export const makeFilm = async (outputDirectory: string, name: string, seconds: number): Promise<void> => {
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=1920x1080:rate=30:duration=${PART}`]
  const rate = ["-b:v", "5M", "-maxrate", "5M", "-bufsize", "10M", "-g", "60", "-sc_threshold", "0", "-bf", "0"]
  const coding = ["-c:v", "libx264", "-preset", "veryfast", ...rate, "-pix_fmt", "yuv420p"]
  await run({ inputs: [], outputDirectory, arguments: ({ output }) => [...picture, ...coding, output("part.mp4")] })
  await run({
    inputs: [{ path: `${outputDirectory}/part.mp4` }],
    outputDirectory,
    arguments: ({ input, output }) => [
      ...["-stream_loop", String(Math.ceil(seconds / PART) - 1), "-i", input(0)],
      ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`, "-map", "0:v", "-map", "1:a"],
      ...["-c:v", "copy", "-c:a", "aac", "-t", String(seconds), output(name)]
    ]
  })
}

/** What a job asks for. */
export interface Asked {
  readonly resolution: number
  readonly fps: number
  /** The audio has a file of its own. */
  readonly separatedAudio: boolean
}

/** Does an HLS job with the command of a stock runner. */
export const makeHlsResult = (
  source: string,
  outputDirectory: string,
  name: string,
  { fps, resolution, separatedAudio }: Asked
): Promise<unknown> =>
  run({
    inputs: [{ path: source }],
    outputDirectory,
    arguments: ({ input, output }) => [
      ...["-i", input(0)],
      ...(resolution === 0
        ? ["-vn", "-c:a", "copy"]
        : ["-vf", `scale=-2:${resolution}`, "-r", String(fps), "-g", String(2 * fps), "-pix_fmt", "yuv420p"]),
      ...(resolution === 0 ? [] : ["-c:v", "libx264", "-preset", "veryfast"]),
      ...(resolution === 0 ? [] : separatedAudio ? ["-an"] : ["-c:a", "aac"]),
      ...["-f", "hls", "-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod"],
      ...["-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
      ...["-hls_segment_filename", output(`${name}-fragmented.mp4`), output(`${name}.m3u8`)]
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
