import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { hdrPaper, interlacedBar, PAPER_ON_SCREEN } from "../../../../test/fixtures/cameraFootage.ts"
import { quickest, temporaryFolder } from "../support/harness.ts"
import { type Engine, makeFile, picturesOf } from "../support/media.ts"
import { hlsOf } from "../support/playlists.ts"

export const make = (name: string, args: ReadonlyArray<string>) =>
  Effect.flatMap(temporaryFolder, (folder) => makeFile(folder, name, ...args)).pipe(Effect.provide(quickest))

/** Red, green and blue in the middle of the first frame. */
export const middleOf = (made: Parameters<typeof picturesOf>[0]) =>
  Effect.map(Effect.provide(picturesOf(made, 5), quickest), ([first]) => {
    const { height = 0, width = 0 } = made.video ?? {}
    return first?.(width / 2, height / 2) ?? []
  })

export const pictureCases = (engineName: string, engine: Engine): void => {
  describe(`camera footage with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
    for (const transfer of ["smpte2084", "arib-std-b67"] as const) {
      it.scopedLive(`converts ${transfer} to SDR and tags it`, () =>
        Effect.gen(function* () {
          const source = yield* make("hdr.mkv", hdrPaper(transfer))
          const made = yield* hlsOf(engine, source, { resolution: 90, fps: 25 })
          expect(made.video).toMatchObject({ pix_fmt: "yuv420p", color_transfer: "bt709", color_primaries: "bt709" })
          for (const value of yield* middleOf(made)) expect(Math.abs(value - PAPER_ON_SCREEN)).toBeLessThan(6)
        })
      )
    }

    it.scopedLive("deinterlaces interlaced video", () =>
      Effect.gen(function* () {
        const made = yield* hlsOf(engine, yield* make("bar.mpg", interlacedBar), { resolution: 96, fps: 25 })
        expect(made.video).toMatchObject({ field_order: "progressive" })
        const pictures = yield* Effect.provide(picturesOf(made, 5), quickest)
        const combs = pictures
          .slice(1)
          .map((at) => Array.from({ length: 160 }, (_, x) => Math.abs((at(x, 40)[0] ?? 0) - (at(x, 41)[0] ?? 0))))
        expect(Math.max(...combs.flat())).toBeLessThan(60)
      })
    )
  })
}
