import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Effect, Either, Option } from "effect"
import { afterAll } from "vitest"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import { byPackets } from "../src/cut/byPackets.ts"
import { byTables } from "../src/cut/byTables.ts"
import { aCutSource, makeCutSource, patched, remuxed } from "./support/cutSources.ts"
import { closed, film, makeFolder, open } from "./support/films.ts"

const { folder, remove } = makeFolder()
const at = (name: string): string => join(folder, name)

/** What the tables of the first track say, and what a scan of its packets does. */
const both = (path: string, codec = "h264") =>
  Effect.gen(function* () {
    const input = { path, track: 0, codec }
    const tables = yield* Effect.either(byTables(input))
    const scan = yield* Effect.either(Effect.scoped(byPackets(input, { timeout: "1 minute", until: undefined })))
    return { tables, scan }
  }).pipe(Effect.provide(NativeFfmpeg.layer))

/** Fails unless both find the same. The tables know the duration of the last picture, where FFmpeg guesses it. */
const assertSame = (path: string, codec?: string) =>
  Effect.gen(function* () {
    const { scan, tables } = yield* both(path, codec)
    if (Either.isLeft(tables)) return deepStrictEqual(tables.left, Either.getOrThrow(Either.flip(scan)) as never)
    const known = Option.getOrThrowWith(tables.right, () => new Error("The tables were not used"))
    const { duration, ...rest } = Either.getOrThrow(scan)
    deepStrictEqual({ pictures: known.pictures, points: known.points }, rest)
    assert.closeTo(known.duration, duration, 0.15)
  })

const assertUnused = (path: string, codec?: string) =>
  Effect.map(both(path, codec), ({ tables }) => deepStrictEqual(tables, Either.right(Option.none()) as never))

if (nativeFfmpeg._tag === "Right") {
  afterAll(remove)
  const h264 = film(at("closed.mp4"), 8, ...closed.h264)

  describe("the tables of a file", () => {
    it.live.prop(
      "have the cut points that a scan of its packets finds",
      [aCutSource],
      ([source]) => assertSame(makeCutSource(at(`source.${source.container}`), source), source.codec),
      { timeout: 600_000, fastCheck: { numRuns: 8 * Number(process.env.PROPERTY_RUNS ?? 1) } }
    )

    it.live(
      "are read with and without the usual edit list, in other codecs, and where keyframes are not independent",
      () =>
        Effect.gen(function* () {
          yield* assertSame(h264)
          yield* assertSame(remuxed(h264, at("plain.mp4"), [], "-use_editlist", "0"))
          yield* assertSame(film(at("open.mp4"), 4, ...open.h264))
          yield* assertSame(film(at("cra.mp4"), 4, ...open.hevc), "hevc")
          yield* assertSame(film(at("idr.mp4"), 4, ...closed.hevc), "hevc")
          yield* assertSame(film(at("vp9.mp4"), 4, ...closed.vp9), "vp9")
          const refreshed = [
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-x264-params",
            "intra-refresh=1:keyint=25:aud=1"
          ]
          yield* assertSame(film(at("refreshed.mp4"), 6, ...refreshed))
        })
    )

    it.live("are read where the edit list begins before the first picture", () =>
      assertSame(
        patched(h264, at("early.mp4"), "elst", (bytes, box) => {
          bytes.writeInt32BE(9000, box + 12)
          bytes.writeInt32BE(0, box + 16)
        })
      )
    )

    it.live("are left to a scan where they do not say what is read", () =>
      Effect.gen(function* () {
        yield* assertUnused(remuxed(h264, at("film.mkv"), []))
        yield* assertUnused(remuxed(h264, at("pieces.mp4"), [], "-movflags", "+frag_keyframe+empty_moov"))
        yield* assertUnused(remuxed(h264, at("trimmed.mp4"), ["-ss", "1.5"]))
        const half = (bytes: Buffer, box: number) => bytes.writeInt32BE(4000, box + 12)
        yield* assertUnused(patched(h264, at("half.mp4"), "elst", half))
        const slow = (bytes: Buffer, box: number) => bytes.writeInt32BE(0x8000, box + 20)
        yield* assertUnused(patched(h264, at("slow.mp4"), "elst", slow))
        yield* assertUnused(patched(h264, at("none.mp4"), "stss", (bytes, box) => bytes.writeInt32BE(0, box + 8)))
        const more = (bytes: Buffer, box: number) => bytes.writeInt32BE(500, box + 12)
        yield* assertUnused(patched(h264, at("more.mp4"), "stts", more))
        yield* assertUnused(patched(h264, at("cut.mp4"), "stco", (bytes, box) => bytes.writeInt32BE(2 ** 30, box + 12)))
        yield* assertUnused(h264, "hevc")
      })
    )
  })
} else {
  const { message } = nativeFfmpeg.left
  it("needs native FFmpeg", () => console.warn(`LEFT OUT: cut points by the tables of a file. ${message}`))
}
