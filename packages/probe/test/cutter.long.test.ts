import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"
import { assertWhole as check, examine } from "./support/cutting.ts"
import { closed, copied, decoded, film, makeFolder } from "./support/films.ts"

const assertWhole = (...args: Parameters<typeof check>) => Effect.provide(check(...args), Ffprobe.layer)

const { folder, remove } = makeFolder()
const at = (name: string): string => join(folder, name)

if (nativeFfmpeg._tag === "Right") {
  afterAll(remove)
  const h264 = film(at("closed.mp4"), 8, ...closed.h264)

  describe("chunks decode to the pictures", () => {
    it.live("of Matroska, with another start,", () =>
      assertWhole(copied(h264, at("late.mkv"), "-output_ts_offset", "3.5"), "h264", decoded(h264))
    )

    it.live("of a transport stream", () =>
      assertWhole(copied(h264, at("film.ts"), "-output_ts_offset", "20"), "h264", decoded(h264))
    )

    it.live("of a transport stream that begins before the turn of its clock", () =>
      assertWhole(copied(h264, at("turn.ts"), "-output_ts_offset", "95440"), "h264", decoded(h264))
    )

    it.live("of HEVC in a transport stream", () => assertWhole(film(at("hevc.ts"), 8, ...closed.hevc), "hevc"))

    it.live("of pictures at irregular times begin where their first picture is in the source", () =>
      Effect.gen(function* () {
        const path = at("irregular.mkv")
        const irregular = "settb=1/1000,setpts=if(mod(N\\,3)\\,PTS\\,PTS+15)"
        film(path, 8, "-vf", irregular, "-fps_mode", "passthrough", "-enc_time_base", "1:1000", ...closed.h264)
        yield* assertWhole(path, "h264")
        const { points } = yield* examine(path, "h264")
        const starts = points.map(({ start }) => start + 0.015)
        for (const start of starts) {
          const number = Math.round(start * 25)
          assert.closeTo(start, number / 25 + (number % 3 === 0 ? 0.015 : 0), 0.002)
        }
      }).pipe(Effect.provide(Ffprobe.layer))
    )
  })
} else {
  const { message } = nativeFfmpeg.left
  it("needs native FFmpeg", () => console.warn(`LEFT OUT: cutting other containers with the native FFmpeg. ${message}`))
}
