import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, type Scope } from "effect"
import { quickest, temporaryFolder } from "./harness.ts"
import { type Engine, inspect, type Made, partOf, runJob } from "./media.ts"

/** An HLS rendition made by a job. */
export interface Rendition extends Made {
  readonly playlist: string
}

/** Runs one HLS job through a whole runner until it has succeeded. */
export const hlsOf = (
  engine: Engine,
  source: string,
  output: object = {}
): Effect.Effect<Rendition, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const job = yield* runJob(engine, { source, output })
    expect(job.messages).toEqual([])
    const playlist = partOf(job, "resolutionPlaylistFile").content.toString()
    return { ...(yield* Effect.provide(inspect(job), quickest)), playlist }
  })

/** The output of FFmpeg's metadata filters for the video or the audio. Empty without such a track. */
const printed = (path: string, kind: "v" | "a", filters: (out: string) => string, ignoreEdits: boolean) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const directory = yield* temporaryFolder
    const command = ffmpeg({
      inputs: [{ path }],
      outputDirectory: directory,
      arguments: ({ input, output }) => [
        ...["-copyts", "-ignore_editlist", ignoreEdits ? "1" : "0", "-i", input(0), "-map", `0:${kind}`],
        ...[kind === "v" ? "-vf" : "-af", filters(output("out.txt")), "-f", "null", "-"]
      ]
    })
    yield* Effect.catchTag(command, "FfmpegFailed", (error) =>
      error.log.some((line) => line.includes("matches no streams")) ? Effect.void : Effect.fail(error)
    )
    return yield* Effect.promise(() => readFile(join(directory, "out.txt"), "utf8").catch(() => ""))
  })

/** A digest of each packet of the audio. */
export const audioPackets = (path: string) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const outputDirectory = yield* temporaryFolder
    yield* ffmpeg({
      ...{ inputs: [{ path }], outputDirectory },
      arguments: ({ input, output }) => [
        ...["-i", input(0), "-map", "0:a", "-c", "copy", "-f", "framemd5", output("out.txt")]
      ]
    })
    const text = yield* Effect.promise(() => readFile(join(outputDirectory, "out.txt"), "utf8"))
    return [...text.matchAll(/^0,.*?([0-9a-f]{32})/gm)].map(([, digest]) => digest)
  })

/** The times at which a printed value rises above a threshold. */
const rises = (text: string, key: string, threshold: number): ReadonlyArray<number> => {
  const pattern = new RegExp(`pts_time:(-?[\\d.]+)\\s+lavfi\\.${key}=(\\S+)`, "g")
  const values = [...text.matchAll(pattern)].map(([, time, value]) => ({ time: Number(time), value: Number(value) }))
  return values.flatMap(({ time, value }, n) => {
    const before = values[n - 1]?.value ?? Number.NEGATIVE_INFINITY
    return value > threshold && !(before > threshold) ? [time] : []
  })
}

/** The start times of flashes and beeps in seconds, with edit lists or as Media Source Extensions see the file. */
export const flashesAndBeeps = (path: string, editLists: "applied" | "ignored") =>
  Effect.gen(function* () {
    const isIgnored = editLists === "ignored"
    const light = (out: string) => `signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=${out}`
    const level = "astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.Peak_level"
    const sound = (out: string) => `asetnsamples=48,${level}:file=${out}`
    return {
      flashes: rises(yield* printed(path, "v", light, isIgnored), "signalstats.YAVG", 120),
      beeps: rises(yield* printed(path, "a", sound, isIgnored), "astats.Overall.Peak_level", -30)
    }
  }).pipe(Effect.provide(quickest), Effect.scoped)

/** A white flash and a beep at every whole second except 0, for 20 % of the second. */
export const flashAndBeep = (fps: number, seconds: number): ReadonlyArray<string> => [
  ...["-f", "lavfi", "-i", `color=c=black:size=64x36:rate=${fps}:duration=${seconds}`],
  ...["-f", "lavfi", "-i", `aevalsrc='if(lt(mod(t,1),0.2)*gte(t,1),0.5*sin(2*PI*1000*t),0)':s=48000:d=${seconds}`],
  ...["-vf", "drawbox=c=white:t=fill:enable='lt(mod(t,1),0.2)*gte(t,1)'"],
  ...["-c:v", "libx264", "-preset", "veryfast", "-c:a", "pcm_s16le"]
]
