import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CannotCut } from "@runner-connector/core"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"
import { assertWhole, cut, examine } from "./support/cutting.ts"
import { closed, decoded, film, makeFolder, open, run } from "./support/films.ts"
import { onFullDisk } from "./support/fullDisk.ts"

const reasonOf = (path: string, codec: string) =>
  Effect.map(Effect.flip(examine(path, codec)), (error) => (error instanceof CannotCut ? error.reason : error._tag))

const { folder, remove } = makeFolder()
const at = (name: string): string => join(folder, name)

if (nativeFfmpeg._tag === "Right") {
  afterAll(remove)
  const h264 = film(at("closed.mp4"), 8, ...closed.h264)

  describe("cut points", () => {
    const found = (path: string, codec: string) => Effect.map(examine(path, codec), ({ points }) => points.length)

    it.live("are IDR pictures, not the keyframes of open groups nor CRA pictures", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* found(h264, "h264"), 7)
        assert.strictEqual(yield* found(film(at("idr.mp4"), 3, ...closed.hevc), "hevc"), 2)
        assert.strictEqual(yield* found(film(at("open.mp4"), 3, ...open.h264), "h264"), 0)
        assert.strictEqual(yield* found(film(at("cra.mp4"), 3, ...open.hevc), "hevc"), 0)
      }).pipe(Effect.provide(Ffprobe.layer))
    )

    it.live("are keyframes of closed groups in other codecs", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* found(film(at("vp9.webm"), 3, ...closed.vp9), "vp9"), 2)
        assert.strictEqual(yield* found(film(at("closed.mkv"), 3, ...closed.mpeg2video), "mpeg2video"), 2)
        assert.strictEqual(yield* found(film(at("open.mkv"), 3, ...open.mpeg2video), "mpeg2video"), 0)
      }).pipe(Effect.provide(Ffprobe.layer))
    )

    it.live("do not exist where timestamps are missing or jump, or where an edit list hides pictures", () =>
      Effect.gen(function* () {
        const trimmed = at("trimmed.mp4")
        run("-ss", "1.5", "-i", h264, "-c", "copy", trimmed)
        assert.strictEqual(yield* reasonOf(trimmed, "h264"), "hiddenPictures")
        const jump = at("jump.mkv")
        run("-i", h264, "-c", "copy", "-bsf:v", "setts=ts=if(gt(N\\,100)\\,TS+60/TB\\,TS)", jump)
        assert.strictEqual(yield* reasonOf(jump, "h264"), "timestamps")
      }).pipe(Effect.provide(Ffprobe.layer))
    )
  })

  describe("chunks", () => {
    it.live("decode to the pictures of the film", () => Effect.provide(assertWhole(h264, "h264"), Ffprobe.layer))

    it.live("are not blamed on the film when the disk is full", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(cut(h264, "h264", 0))
        assert.strictEqual(error._tag, "ProbeError")
      }).pipe(Effect.provide(onFullDisk))
    )

    it.live("are the same when the cut continues behind them", () =>
      Effect.gen(function* () {
        const [chunk] = yield* cut(h264, "h264", 2)
        const before = decoded(h264).slice(75)
        deepStrictEqual(chunk?.pictures, before.slice(0, chunk?.pictures.length))
      }).pipe(Effect.provide(Ffprobe.layer))
    )
  })
} else {
  const { message } = nativeFfmpeg.left
  it("needs native FFmpeg", () => console.warn(`LEFT OUT: cutting with the native FFmpeg. ${message}`))
}
