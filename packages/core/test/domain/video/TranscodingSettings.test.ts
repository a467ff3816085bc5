import { expect, it } from "@effect/vitest"
import { defaults, Resolution } from "../../../src/domain/video/TranscodingSettings.ts"

it("the defaults are those of the Django connector, which cuts nothing", () => {
  expect(defaults).toEqual({
    resolutions: [360, 480, 720],
    alwaysTranscodeOriginalResolution: false,
    fps: {
      min: 1,
      standard: [24, 25, 30],
      hdStandard: [50, 60],
      audioMerge: 25,
      average: 30,
      max: 60,
      keepOriginFpsResolutionMin: 720
    },
    maxFailures: 5,
    chunkDuration: 60,
    chunkMinDuration: 180
  })
  expect(Resolution.literals).toEqual([144, 240, 360, 480, 720, 1080, 1440, 2160])
})
