import { assert, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage, MediaFacts, MediaProbe, type ProbeReport } from "@runner-connector/core"
import { Context, Duration, Effect, Either, type Exit, Layer, Option } from "effect"
import { brokenFixtures, type Fixture, fixturePath, fixtures } from "./media/corpus.ts"
import { jpegSize } from "./mediaProbe/jpegSize.ts"

export { type RemoteProbeLimits, remoteMediaProbeContract } from "./mediaProbe/remote.ts"

const source = (name: string) => FileStorage.MediaSource.Path({ path: fixturePath(name) })
const videos = fixtures.filter(({ kind }) => kind === "video")

/** The probe result of every fixture, valid or broken, when all are probed concurrently. */
class Looks extends Context.Tag("contract/Looks")<
  Looks,
  ReadonlyMap<string, Exit.Exit<ProbeReport.ProbeReport, MediaProbe.UnreadableMedia | MediaProbe.ProbeError>>
>() {}

const looks = Layer.effect(
  Looks,
  Effect.gen(function* () {
    const { probe } = yield* MediaProbe.MediaProbe
    const names = [...fixtures, ...brokenFixtures].map(({ name }) => name)
    const look = (name: string) => Effect.map(Effect.exit(probe(source(name))), (exit) => [name, exit] as const)
    return new Map(yield* Effect.forEach(names, look, { concurrency: "unbounded" }))
  })
)

/**
 * The first frame needs a seek like any other. Files differ in where their timeline starts: at zero, later, or without
 * an index.
 */
const fromTheStart = new Set(["moov-last.mp4", "broadcast.ts", "no-duration.webm"])

/**
 * Seeks past the end: one file per seek method of a container, plus files with few pictures or with video much shorter
 * than audio. The other fixtures differ only in size, rotation and codec, which the frame within covers.
 */
const pastTheEnd = new Set([
  "moov-last.mp4",
  "fragmented.mp4",
  "unsized.mp4",
  "audio-longer.mp4",
  "slow.mp4",
  "vp9-opus.webm",
  "unsized.webm",
  "no-duration.mkv",
  "mpeg4.avi",
  "flash.flv",
  "slideshow.flv",
  "broadcast.ts"
])

/** Half a second is within every video. */
const momentsOf = ({ name }: Fixture): ReadonlyArray<Duration.DurationInput> => [
  ...(fromTheStart.has(name) ? ["0 seconds" as const] : []),
  "500 millis",
  ...(pastTheEnd.has(name) ? ["1 hour" as const] : [])
]

const lookInto = (name: string) =>
  Effect.flatMap(Looks, (all) => all.get(name) ?? Effect.dieMessage(`Nobody has looked into ${name}`))

const sameFacts = (fixture: Fixture) =>
  Effect.gen(function* () {
    const report = yield* lookInto(fixture.name)
    const facts = MediaFacts.summarize(report)
    const usable = MediaFacts.isUsable(report)
    assert.strictEqual(Either.isRight(usable), fixture.kind !== "picture")
    assert.strictEqual(facts.hasVideo, fixture.kind === "video")
    assert.strictEqual(facts.hasAudio, fixture.hasAudio)
    const duration = Option.getOrUndefined(facts.duration)
    if (fixture.duration !== undefined) assert.closeTo(duration ?? Number.NaN, fixture.duration, 0.1)
    const picture = report.streams.find((stream) => stream.codec_type === "video")
    if (fixture.width !== undefined) deepStrictEqual([picture?.width, picture?.height], sizeOf(fixture))
  })

const sizeOf = (fixture: Fixture) => [fixture.width, fixture.height]

const frameAt = (name: string, at: Duration.DurationInput) =>
  Effect.flatMap(MediaProbe.MediaProbe, ({ frame }) => frame(source(name), Duration.decode(at)))

/** Contract of every MediaProbe with the fixture corpus. An adapter's test calls this. */
export const mediaProbeContract = <E>(name: string, layer: Layer.Layer<MediaProbe.MediaProbe, E>): void =>
  withLayer(Layer.provideMerge(looks, layer), { timeout: "5 minutes", excludeTestServices: true })(
    `MediaProbe: ${name}`,
    (it) => {
      for (const fixture of fixtures) {
        it.effect(`reports ${fixture.name} correctly: ${fixture.about}`, () => sameFacts(fixture))
      }

      for (const { about, name, reason } of brokenFixtures) {
        it.effect(`refuses ${name}: ${about}`, () =>
          Effect.gen(function* () {
            const refusal = yield* Effect.flip(lookInto(name))
            assert.strictEqual(refusal._tag, "UnreadableMedia")
            assert.match(refusal.message, reason)
          })
        )
      }

      for (const name of ["empty.mp4", "noise.mp4", "text.txt", "document.pdf"]) {
        it.effect(`returns no frame of ${name}`, () =>
          Effect.gen(function* () {
            assert.strictEqual((yield* Effect.flip(frameAt(name, 0)))._tag, "UnreadableMedia")
          })
        )
      }

      for (const fixture of videos) {
        it.effect(`returns an upright frame of ${fixture.name}`, () =>
          Effect.gen(function* () {
            const frames = yield* Effect.forEach(momentsOf(fixture), (at) => frameAt(fixture.name, at), {
              concurrency: "unbounded"
            })
            for (const jpeg of frames) deepStrictEqual(jpegSize(jpeg), fixture.frame)
            const { frame } = yield* MediaProbe.MediaProbe
            const known = yield* frame(source(fixture.name), Duration.zero, yield* lookInto(fixture.name))
            deepStrictEqual(jpegSize(known), fixture.frame)
          })
        )
      }

      for (const fixture of fixtures.filter(({ kind }) => kind === "audio")) {
        it.effect(`returns no frame of ${fixture.name}`, () =>
          Effect.gen(function* () {
            assert.strictEqual((yield* Effect.flip(frameAt(fixture.name, 0)))._tag, "UnreadableMedia")
          })
        )
      }

      it.effect("keeps the complete report, without the address of the file", () =>
        Effect.gen(function* () {
          const { full } = yield* lookInto("moov-last.mp4")
          const shown = JSON.stringify(full)
          const { format, streams } = full as { readonly format: object; readonly streams: ReadonlyArray<object> }
          assert.lengthOf(streams, 2)
          assert.include(shown, '"codec_name":"h264"')
          assert.notProperty(format, "filename")
          assert.notInclude(shown, "moov-last.mp4")
          assert.notProperty(full, "packets")
        })
      )

      it.effect("does not report a missing file as unreadable media", () =>
        Effect.gen(function* () {
          const { frame, probe } = yield* MediaProbe.MediaProbe
          const nothing = source("there-is-no-such-file.mp4")
          const failures = [yield* Effect.flip(probe(nothing)), yield* Effect.flip(frame(nothing, Duration.zero))]
          deepStrictEqual(
            failures.map(({ _tag }) => _tag),
            ["ProbeError", "ProbeError"]
          )
        })
      )

      it.effect("probes twenty files concurrently", () =>
        Effect.gen(function* () {
          assert.isAtLeast((yield* Looks).size, 20)
          const reports = yield* Effect.forEach(videos, ({ name }) => lookInto(name))
          assert.isTrue(reports.every((report) => MediaFacts.summarize(report).hasVideo))
        })
      )
    }
  )
