import { describe, expect, it } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { hdrPaper, PAPER_ON_SCREEN } from "../../../test/fixtures/cameraFootage.ts"
import { make, middleOf, pictureCases } from "./engines/pictures.ts"
import { quickest, quickestName } from "./support/harness.ts"
import { completeJob, inspect } from "./support/media.ts"
import { hlsOf } from "./support/playlists.ts"

pictureCases(quickestName, quickest)

const storyboard = { size: { width: 192, height: 108 }, count: { width: 1, height: 1 }, duration: 1 }

describe("HDR in other job types", { timeout: 300_000 }, () => {
  it.scopedLive("becomes SDR in storyboards", () =>
    Effect.gen(function* () {
      const source = yield* make("hdr.mkv", hdrPaper("smpte2084"))
      const job = yield* completeJob(quickest, {
        ...{ type: "generate-video-storyboard", files: { video: source } },
        payloadOf: (url) => ({ input: { videoFileUrl: url("video") }, output: {}, sprites: storyboard })
      })
      const made = yield* Effect.provide(inspect(job, "storyboardFile"), quickest)
      for (const value of yield* middleOf(made)) expect(Math.abs(value - PAPER_ON_SCREEN)).toBeLessThan(6)
    })
  )

  it.scopedLive("becomes SDR in studio edits", () =>
    Effect.gen(function* () {
      const source = yield* make("hdr.mkv", hdrPaper("arib-std-b67"))
      const job = yield* completeJob(quickest, {
        ...{ type: "video-studio-transcoding", files: { video: source } },
        payloadOf: (url) => ({
          input: { videoFileUrl: url("video"), separatedAudioFileUrl: [] },
          ...{ output: {}, tasks: [{ name: "cut", options: { start: 0, end: 1 } }] }
        })
      })
      const made = yield* Effect.provide(inspect(job), quickest)
      expect(made.video).toMatchObject({ color_transfer: "bt709" })
      for (const value of yield* middleOf(made)) expect(Math.abs(value - PAPER_ON_SCREEN)).toBeLessThan(6)
    })
  )
})

/** Slides with text-like detail, a new one every four seconds. */
const slides = [
  ...["-f", "lavfi", "-i", "color=c=white:size=320x180:rate=1:duration=12"],
  ...["-vf", "geq=lum='if(gt(mod(X*7+Y*13+floor(T/4)*5,23),11)*gt(mod(Y,12),4),16,235)':cb=128:cr=128"],
  ...["-c:v", "libx264", "-preset", "veryslow", "-crf", "20", "-g", "250"]
]

describe("slides", { timeout: 300_000 }, () => {
  it.scopedLive("are as readable at 1 frame per second as at 25", () =>
    Effect.gen(function* () {
      const source = yield* make("slides.mp4", slides)
      const made = yield* hlsOf(quickest, source, { resolution: 180, fps: 1 })
      expect([...made.playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, value]) => Number(value))).toEqual([4, 4, 4])
      const { ffmpeg } = yield* Effect.provide(Ffmpeg, quickest)
      const { log } = yield* ffmpeg({
        inputs: [{ path: made.path }, { path: source }],
        arguments: ({ input }) => [
          ...["-i", input(0), "-i", input(1)],
          ...["-filter_complex", "[0:v]setpts=PTS-STARTPTS[made];[made][1:v]psnr", "-f", "null", "-"]
        ]
      })
      const [, psnr] = /average:([\d.]+|inf)/.exec(log.join()) ?? []
      expect(psnr === "inf" ? 100 : Number(psnr)).toBeGreaterThan(38)
    })
  )
})
