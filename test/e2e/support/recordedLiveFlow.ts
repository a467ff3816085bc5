import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { request } from "./Api.ts"
import type { LiveMedia } from "./liveMedia.ts"
import { decode } from "./playback.ts"
import { Bench, type Connected, takeFirst } from "./recordedBench.ts"
import type { Part } from "./recordedRunners.ts"
import { expect, type HeldJob } from "./ScriptedRunner.ts"
import { temporaryFolder } from "./workspace.ts"

const { CUT_PLAYLIST, abortedLive, newerLive, olderLive, segmentName } = Wire.RecordedLives
type RecordedLive = Wire.RecordedLives.RecordedLive
type LiveReport = Wire.RecordedLives.LiveReport

const RTMP = "rtmp://127.0.0.1:19398/live/s"
const playlistType = "application/vnd.apple.mpegurl"

const playlistParts = ({ listed, variant }: LiveReport, media: LiveMedia): ReadonlyArray<Part> => {
  if (listed === "none") return []
  const text = listed === "cut" ? CUT_PLAYLIST : media.playlist(variant, ...listed)
  const file = (name: string, content: string): Part => ({
    ...{ name, filename: "master.m3u8", type: playlistType },
    bytes: Buffer.from(content)
  })
  return [
    { name: "payload[resolutionPlaylistFilename]", text: `${variant}.m3u8` },
    file("payload[masterPlaylistFile]", media.master),
    file("payload[resolutionPlaylistFile]", text)
  ]
}

const partsOf = (report: LiveReport, media: LiveMedia): ReadonlyArray<Part> => {
  const { number, type, variant } = report
  const filename = segmentName(variant, number)
  const segment = (): Part => ({
    ...{ name: "payload[videoChunkFile]", filename, type: "video/mp2t" },
    bytes: media.segment(variant, number)
  })
  return [
    { name: "payload[type]", text: type },
    { name: "payload[videoChunkFilename]", text: filename },
    ...playlistParts(report, media),
    ...(type === "add-chunk" ? [segment()] : [])
  ]
}

const startLive = (one: Connected) =>
  Effect.gen(function* () {
    const source = { width: 426, height: 240, fps: 25 }
    const answer = yield* one.client.send("/lives", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ rtmpUrl: RTMP, source, segmentDuration: 1, resolutions: [240] })
    })
    assert.strictEqual(answer.status, 200, answer.text)
    const uuid: string = JSON.parse(answer.text).video.uuid
    const job = yield* takeFirst(one, "live-rtmp-hls-transcoding")
    deepStrictEqual(job.payload.input, { rtmpUrl: RTMP })
    return { uuid, job }
  })

const send = (one: Connected, job: HeldJob, groups: RecordedLive) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    for (const group of groups) {
      const reports = group.map((report) => one.runner.report(job, partsOf(report, media.live)))
      const answers = yield* Effect.all(reports, { concurrency: "unbounded" })
      for (const answer of answers) expect(answer, 204)
    }
  })

/** Joins all segments of a variant's playlist and decodes them. */
const decodeVariant = (url: string) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { headers, text } = yield* request(url)
    assert.strictEqual(headers.get("cache-control"), "no-cache")
    const names = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    assert.isAbove(names.length, 0, text)
    const segments = yield* Effect.forEach(names, (name) => request(new URL(name, url).href))
    for (const { status } of segments) assert.strictEqual(status, 200)
    const path = join(folder, "joined.ts")
    yield* Effect.promise(() => writeFile(path, Buffer.concat(segments.map(({ bytes }) => bytes))))
    const { streams } = yield* decode(path)
    return { names, streams: streams.map(({ codec_type, height }) => (height === undefined ? codec_type : height)) }
  }).pipe(Effect.scoped)

/** The files that a new player gets: the master playlist and all files that it names. */
const watch = (one: Connected, uuid: string) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const { live, playlistUrl, state } = yield* one.client.video(uuid)
    deepStrictEqual([state.label, live], ["Published", { state: "running", error: null, replay: false }])
    const master = String(playlistUrl)
    assert.strictEqual((yield* request(master)).text, media.live.master)
    const [sound, picture] = yield* Effect.forEach([0, 1], (variant) =>
      decodeVariant(new URL(`${variant}.m3u8`, master).href)
    )
    deepStrictEqual([sound?.streams, picture?.streams], [["audio"], [240]])
    return { sound: sound?.names.at(-1), picture: picture?.names.at(-1), master }
  })

const assertOver = (one: Connected, uuid: string, error: RegExp | null) =>
  Effect.gen(function* () {
    const { jobs, live, playlistUrl, state } = yield* one.client.video(uuid)
    deepStrictEqual([state.label, playlistUrl, live?.state], ["Livestream ended", null, "ended"])
    assert.strictEqual(jobs[0]?.state.label, error === null ? "Completed" : "Errored")
    if (error === null) assert.isNull(live?.error)
    else assert.match(String(live?.error), error)
    assert.notInclude(String(live?.error), RTMP)
    const seen = yield* one.visitor.video(uuid)
    assert.strictEqual(seen.live?.error, error === null ? null : "The live ended because of an error.")
  })

/** A complete recorded live, watched early and at the end of the stream. */
const wholeLive =
  (recorded: RecordedLive, last: { readonly sound: string; readonly picture: string }) => (one: Connected) =>
    Effect.gen(function* () {
      const { job, uuid } = yield* startLive(one)
      const begun = recorded.findIndex((group) => group.some(({ number, variant }) => variant === 1 && number === 1))
      yield* send(one, job, recorded.slice(0, begun + 1))
      yield* watch(one, uuid)
      yield* send(one, job, recorded.slice(begun + 1))
      const { master, ...seen } = yield* watch(one, uuid)
      deepStrictEqual(seen, last)
      assert.strictEqual((yield* request(new URL(segmentName(1, 0), master).href)).status, 404)
      expect(yield* one.runner.succeed(job, []), 204)
      yield* assertOver(one, uuid, null)
    })

export const olderWholeLive = wholeLive(olderLive, { sound: segmentName(0, 14), picture: segmentName(1, 6) })
export const newerWholeLive = wholeLive(newerLive, { sound: segmentName(0, 28), picture: segmentName(1, 13) })

/** The runner is stopped during a live. */
export const liveIsAborted = (one: Connected) =>
  Effect.gen(function* () {
    const { job, uuid } = yield* startLive(one)
    const [first = [], ...rest] = abortedLive
    yield* send(one, job, [first])
    assert.strictEqual((yield* one.client.video(uuid)).state.label, "Waiting for livestream")
    yield* send(one, job, rest)
    yield* watch(one, uuid)
    expect(yield* one.runner.abort(job, "Runner stopped"), 204)
    yield* assertOver(one, uuid, /^Runner stopped/)
    expect(yield* one.runner.report(job, [{ name: "payload[type]", text: "add-chunk" }]), 404)
  })

/** The runner finds no stream. */
export const liveFails = (one: Connected) =>
  Effect.gen(function* () {
    const { job, uuid } = yield* startLive(one)
    expect(yield* one.runner.fail(job, `ffmpeg exited with code 1: ${RTMP}: Connection refused\n`), 204)
    yield* assertOver(one, uuid, /Connection refused/)
  })
