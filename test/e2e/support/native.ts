import { execFile } from "node:child_process"
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { nativeFfmpeg } from "../../fixtures/nativeFfmpeg.ts"

/** Whether native FFmpeg is installed. */
export const hasNative: boolean = nativeFfmpeg._tag === "Right"

/** What FFmpeg says about a live when this machine is too slow to play it. */
const lagging = /^.*skipping \d+ segments ahead, expired from playlists\n/gm

/** Runs the program, asserts success without error output, and returns its output. */
const run = (program: "ffmpeg" | "ffprobe", args: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.async<string>((resume) => {
    const options = { timeout: 300_000, maxBuffer: 1024 ** 2, stdio: "pipe" }
    const child = execFile(program, ["-v", "warning", ...args], options, (error, out, complaints) => {
      const said = error === null ? complaints.replace(lagging, "") : `${error.message}\n${complaints}`
      resume(said === "" ? Effect.succeed(out) : Effect.dieMessage(`${program} ${args.join(" ")}\n${said}`))
    })
    child.stdin?.end()
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const Report = Schema.parseJson(
  Schema.Struct({
    format: Schema.Struct({ duration: Schema.optional(Schema.NumberFromString) }),
    streams: Schema.Array(
      Schema.Struct({
        codec_type: Schema.String,
        codec_name: Schema.String,
        width: Schema.optional(Schema.Int),
        height: Schema.optional(Schema.Int),
        color_transfer: Schema.optional(Schema.String),
        tags: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String }))
      })
    )
  })
)

/** FFmpeg treats HLS subtitles as experimental and skips them without this flag. */
export const subtitles = ["-strict", "experimental"]

/** Returns the native ffprobe's report on a URL, over HTTP like a player. The flags precede the URL. */
export const probeUrl = (url: string, ...flags: ReadonlyArray<string>): Effect.Effect<typeof Report.Type> =>
  Effect.map(
    run("ffprobe", [...flags, "-show_streams", "-show_format", "-of", "json", url]),
    Schema.decodeUnknownSync(Report)
  )

/** Plays a URL to its end, or as long as the flags say, with native ffmpeg. The first error ends it. */
export const playUrl = (url: string, ...flags: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.asVoid(run("ffmpeg", ["-nostdin", "-xerror", ...flags, "-i", url, "-map", "0", "-f", "null", "-"]))

/** Returns the text of the first subtitles at a URL, as a player reads it. */
export const subtitlesOf = (url: string): Effect.Effect<string> =>
  run("ffmpeg", ["-nostdin", "-xerror", ...subtitles, "-i", url, "-map", "0:s:0", "-f", "webvtt", "-"])

/** The kinds of tracks, sorted: `audio`, `video 320x180`. */
export const tracksOf = ({ streams }: typeof Report.Type): ReadonlyArray<string> =>
  streams.map(({ codec_type, height, width }) => (width ? `${codec_type} ${width}x${height}` : codec_type)).sort()

/** Prints which tests this machine cannot run. */
export const leftOut = (what: string): void => {
  assert.isFalse(hasNative)
  console.warn(`This machine has no FFmpeg. LEFT OUT: ${what}`)
}

/** The times of presentation of all packets of a playlist, in seconds, read to its end as it grows. */
export const packetTimes = (playlist: string, stream: "v" | "a"): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(
    run("ffprobe", [
      // It reads the init segment again whenever it reloads a playlist, and warns about that.
      ...["-v", "error", "-live_start_index", "0", "-select_streams", stream],
      ...["-show_entries", "packet=pts_time", "-of", "csv=p=0", playlist]
    ]),
    (text) =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => Number.parseFloat(line))
        .sort((a, b) => a - b)
  )
