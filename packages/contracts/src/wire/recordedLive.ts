import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { stateOf } from "./arrange.ts"
import { assertDone, type Part, R } from "./client.ts"
import { aHeldLive, type Live, master, text, videoOf } from "./heldLive.ts"
import { replay } from "./recorded.ts"
import { tokens } from "./recordedForms.ts"
import {
  abortedLive,
  CUT_PLAYLIST,
  type LiveReport,
  newerLive,
  olderLive,
  type RecordedLive,
  segmentName
} from "./recordedLives.ts"
import { type Names, type Runner, recordedRunners } from "./recordings.ts"
import type { WireCases } from "./WireServer.ts"

const playlistType = "application/vnd.apple.mpegurl"

/** Durations and times only keep the recorded length. Their values do not matter. */
const playlist = (variant: number, first: number, last: number): string => {
  const seconds = variant === 0 ? "0.998000" : "2.000000"
  const segments = Array.from(
    { length: last - first + 1 },
    (_, n) =>
      `#EXTINF:${seconds},\n#EXT-X-PROGRAM-DATE-TIME:2026-11-22T05:11:14.053+0000\n${segmentName(variant, first + n)}\n`
  )
  const independent = variant === 0 ? "" : "#EXT-X-INDEPENDENT-SEGMENTS\n"
  return `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:${variant === 0 ? 1 : 2}
#EXT-X-MEDIA-SEQUENCE:${first}
${independent}${segments.join("")}`
}

const listed = ({ listed, variant }: LiveReport): string | undefined => {
  if (listed === "none") return undefined
  return listed === "cut" ? CUT_PLAYLIST : playlist(variant, ...listed)
}

const content = ({ number, size, variant }: LiveReport): string => `segment ${number} of ${variant}`.padEnd(size)

const partsOf = (report: LiveReport): ReadonlyArray<Part> => {
  const name = segmentName(report.variant, report.number)
  const list = listed(report)
  const playlists: ReadonlyArray<Part> =
    list === undefined
      ? []
      : [
          ["payload[resolutionPlaylistFilename]", `${report.variant}.m3u8`],
          ["payload[masterPlaylistFile]", master, "master.m3u8", playlistType],
          ["payload[resolutionPlaylistFile]", list, "master.m3u8", playlistType]
        ]
  const segment: Part = ["payload[videoChunkFile]", content(report), name, "video/mp2t"]
  return [
    ["payload[type]", report.type],
    ["payload[videoChunkFilename]", name],
    ...playlists,
    ...(report.type === "add-chunk" ? [segment] : [])
  ]
}

const BOUNDARY = "2bc87f64d8b1ff9aa6e93573"

const send = (runner: Runner, live: Live, names: Names) => (report: LiveReport) =>
  replay(runner.form(`${live.path}/update`, BOUNDARY, report.length, [...tokens(names), ...partsOf(report)]))

/**
 * The expected files after the last report: the newest playlist of each variant and the segments that were not removed.
 */
const assertStored = (live: Live, recorded: RecordedLive) =>
  Effect.gen(function* () {
    const reports = recorded.flat()
    for (const variant of [0, 1]) {
      const own = reports.filter((report) => report.variant === variant)
      const newest = own.findLast(({ listed, type }) => type === "add-chunk" && Array.isArray(listed))
      assert.isDefined(newest)
      assert.strictEqual(yield* text(`${live.folder}/${variant}.m3u8`), listed(newest))
      const removed = new Set(own.filter(({ type }) => type === "remove-chunk").map(({ number }) => number))
      for (const report of own.filter(({ type }) => type === "add-chunk")) {
        const stored = yield* text(`${live.folder}/${segmentName(variant, report.number)}`)
        assert.strictEqual(stored, removed.has(report.number) ? "none" : content(report))
      }
    }
    assert.strictEqual(yield* text(`${live.folder}/master.m3u8`), master)
  })

const ofVersion = (version: Runner["version"]): Runner => {
  const runner = recordedRunners.find((one) => one.version === version)
  if (runner === undefined) throw new Error(`Nothing of runner ${version} was recorded`)
  return runner
}

const lives = [
  { version: "0.0.21", ends: "Completed", recorded: olderLive },
  { version: "0.4", ends: "Completed", recorded: newerLive },
  { version: "0.4", ends: "Errored", recorded: abortedLive }
] as const

/** Replays the live reports of real runners byte for byte, concurrent ones concurrently. */
export const recordedLiveCases: WireCases = (it) => {
  for (const { ends, recorded, version } of lives) {
    it.effect(`publishes the recorded live of runner ${version} and ends ${ends}`, () =>
      Effect.gen(function* () {
        const runner = ofVersion(version)
        const live = yield* aHeldLive
        const names = { ...live.tokens, registrationToken: "", job: live.id, video: "" }
        for (const group of recorded) {
          const answers = yield* Effect.forEach(group, send(runner, live, names), { concurrency: "unbounded" })
          for (const answer of answers) assertDone(answer)
        }
        assert.strictEqual((yield* videoOf(live)).state, "Published")
        yield* assertStored(live, recorded)
        const done = runner.form(`${R}/jobs/${live.id}/success`, "067193471155734693679986", 356, tokens(names))
        assertDone(yield* replay(ends === "Completed" ? done : runner.abort(names)))
        assert.strictEqual(yield* stateOf(live.id), ends)
        const { live: session, playlistKey, state } = yield* videoOf(live)
        deepStrictEqual([state, playlistKey], ["LiveEnded", Option.none()])
        const error = Option.getOrElse(Option.getOrThrow(session).error, () => "none")
        assert.match(error, ends === "Completed" ? /^none$/ : /^Runner stopped/)
      })
    )
  }
}
