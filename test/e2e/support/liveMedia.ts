import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Wire } from "@runner-connector/contracts/wire"
import { Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect } from "effect"

/**
 * A stream of half a minute, segmented like the runner's ffmpeg does. Audio is variant 0, and video of 426x240 is
 * variant 1.
 */
export interface LiveMedia {
  readonly master: string
  readonly segment: (variant: number, number: number) => Buffer
  /** The playlist of a variant with these segments. */
  readonly playlist: (variant: number, first: number, last: number) => string
}

/** Audio ends one second after the last recorded segment. */
const SECONDS = 31

/** Reduces a complete playlist to some of its segments. */
const narrowed = (whole: string, first: number, last: number): string => {
  const [head = "", ...segments] = whole.replace("#EXT-X-ENDLIST\n", "").split(/(?=^#EXTINF:)/m)
  const sequence = head.replace(/SEQUENCE:\d+/, `SEQUENCE:${first}`)
  return sequence + segments.slice(first, last + 1).join("")
}

/** Creates the stream in the folder, with one audio group, and with video segments of two seconds. */
export const makeLive = (folder: string): Effect.Effect<LiveMedia, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: [],
      outputDirectory: folder,
      arguments: ({ output }) => [
        ...["-f", "lavfi", "-i", `testsrc2=size=426x240:rate=25:duration=${SECONDS}`],
        ...["-f", "lavfi", "-i", `sine=duration=${SECONDS}`, "-map", "1:a", "-map", "0:v"],
        ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-keyint_min", "50"],
        ...["-c:a", "aac", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0"],
        ...["-hls_flags", "independent_segments+program_date_time", "-master_pl_name", "master.m3u8"],
        ...["-hls_segment_filename", output("%v-%06d.ts")],
        ...["-var_stream_map", "a:0,agroup:Audio,default:yes v:0,agroup:Audio", output("%v.m3u8")]
      ]
    })
    const files = new Map(
      readdirSync(folder)
        .filter((name) => /^\d-\d{6}\.ts$|^(?:\d|master)\.m3u8$/.test(name))
        .map((name) => [name, readFileSync(join(folder, name))])
    )
    const file = (name: string): Buffer => {
      const bytes = files.get(name)
      if (bytes === undefined) throw new Error(`ffmpeg did not write ${name}`)
      return bytes
    }
    return {
      master: file("master.m3u8").toString(),
      segment: (variant, number) => file(Wire.RecordedLives.segmentName(variant, number)),
      playlist: (variant, first, last) => narrowed(file(`${variant}.m3u8`).toString(), first, last)
    }
  })
