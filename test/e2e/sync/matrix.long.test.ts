import { assert, describe, it, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Array as Arr, Context, Effect, Layer, Order } from "effect"
import type { Video } from "../support/Api.ts"
import { hasNative, leftOut } from "../support/native.ts"
import type { Codecs } from "../support/stockRunner.ts"
import { type Measurement, makeBench } from "./support/bench.ts"
import { eachValue, everyPair, type Factors, pairsOf, pairwise, type Row } from "./support/pairwise.ts"
import { liveEnvironment, replayOf } from "./support/replay.ts"
import type { FlashingSource } from "./support/sources.ts"

class Bench extends Context.Tag("Bench")<Bench, Effect.Effect.Success<ReturnType<typeof makeBench>>>() {}

const factors = {
  makes: ["HLS", "HLS with separate audio", "a progressive file", "an edit", "a replay of a live"],
  fps: [5, 10, 15, 24, 30, 60],
  /** The start of the audio relative to the video, in seconds. */
  start: [0, 0.7, 5.4, -1],
  container: ["mp4", "mkv", "ts"],
  runner: ["encodes", "copies audio", "copies audio and video"]
} as const satisfies Factors
type Combination = Row<typeof factors>

const codecs: Readonly<Record<Combination["runner"], Codecs>> = {
  encodes: { video: "libx264", audio: "aac" },
  "copies audio": { video: "libx264", audio: "copy" },
  "copies audio and video": { video: "copy", audio: "copy" }
}

const rows = pairwise(factors)

/** Played in real time. Without a graphics card the browser shows every frame of these rates only. */
const watched = new Set(eachValue(rows.filter(({ fps }) => fps <= 30)))

const titleOf = ({ container, fps, makes, runner, start }: Combination): string =>
  `${makes} of ${container} at ${fps} fps with audio from ${start} s, by a runner that ${runner}`

/** Two flashes with beeps after the start of both tracks. Live segments and cuts need some seconds more. */
const secondsOf = ({ makes, start }: Combination): number => {
  const shortest = makes === "an edit" || makes === "a replay of a live" ? 6 : 4
  return start > shortest - 3 ? Math.ceil(start) + 4 : shortest
}

const json = { "content-type": "application/json" }

/** The video after the removal of its first two seconds. */
const edited = ({ client, runner }: Bench["Type"], uuid: string, end: number, how: Codecs) =>
  Effect.gen(function* () {
    const body = JSON.stringify({ tasks: [{ name: "cut", options: { start: 2, end } }] })
    const answer = yield* client.send(`/videos/${uuid}/edit`, { method: "POST", headers: json, body })
    assert.strictEqual(answer.status, 200, answer.text)
    yield* runner.workOff(how)
    return yield* client.settled(uuid)
  })

/** The video that the job type of the row makes. */
const make = (bench: Bench["Type"], row: Combination): Effect.Effect<Video> =>
  Effect.gen(function* () {
    const { container, fps, makes, runner, start } = row
    const how = codecs[runner]
    const source: FlashingSource = { fps, container, audioStart: start, seconds: secondsOf(row) }
    if (makes === "a replay of a live") return yield* replayOf(bench, source, how)
    const plan = {
      hls: String(makes !== "a progressive file"),
      webVideos: String(makes === "a progressive file"),
      splitAudio: String(makes === "HLS with separate audio")
    }
    const video = yield* bench.transcode(source, plan, how)
    return makes === "an edit" ? yield* edited(bench, video.uuid, secondsOf(row), how) : video
  })

const measure = (row: Combination) =>
  Effect.gen(function* () {
    const bench = yield* Bench
    const video = yield* make(bench, row)
    assert.strictEqual(video.state.label, "Published", JSON.stringify(video, null, 1))
    const url = String(video.playlistUrl ?? video.webVideos[0]?.url)
    yield* bench.assertDecoded(url, titleOf(row))
    const isHls = video.playlistUrl !== null
    if (watched.has(row)) yield* bench.assertWatched(url, titleOf(row), { fps: row.fps, isHls })
  })

const worst = (measured: ReadonlyArray<Measurement>): Measurement | undefined =>
  Arr.sort(
    measured,
    Order.mapInput(Order.number, ({ offset }: Measurement) => -Math.abs(offset))
  )[0]

describe("the selected combinations", () => {
  it("contain every pair of values, and are few", () => {
    deepStrictEqual(new Set(rows.flatMap(pairsOf)), new Set(everyPair(factors)))
    assert.isAtMost(rows.length, 40)
    assert.isAtMost(watched.size, 8)
  })
})

if (hasNative) {
  layer(Layer.scoped(Bench, makeBench({ ...liveEnvironment, TRANSCODING_KEEP_SOURCE: "true" })), {
    timeout: "5 minutes",
    excludeTestServices: true
  })("audio and video are within 20 ms in", (it) => {
    for (const row of rows) it.effect(titleOf(row), () => measure(row), 300_000)

    // A merge makes its own video, so that no runner copies it.
    for (const title of ["encodes", "copies audio"] as const) {
      it.effect(
        `audio merged with a picture, by a runner that ${title}`,
        () =>
          Effect.gen(function* () {
            const bench = yield* Bench
            const merged = yield* bench.merge({ webVideos: "true" }, { audio: codecs[title].audio })
            assert.strictEqual(merged.state.label, "Published", JSON.stringify(merged, null, 1))
            yield* bench.assertBeeps(String(merged.playlistUrl), "merged audio", { fps: 25 })
          }),
        300_000
      )
    }

    it.effect("all measured combinations", () =>
      Effect.gen(function* () {
        const { measured } = yield* Bench
        assert.isAtLeast(measured.length, rows.length)
        console.info(`${measured.length} offsets. The largest: ${JSON.stringify(worst(measured))}`)
      })
    )
  })
} else {
  describe("audio and video of stock runners", () => {
    it("are within 20 ms", () => leftOut("the matrix of frame rates, starts, containers, runners and job types"))
  })
}
