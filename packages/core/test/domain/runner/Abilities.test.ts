import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { canRun, Lack, lackOf } from "../../../src/domain/runner/Abilities.ts"
import { unknownHealth } from "../../../src/domain/runner/RunnerHealth.ts"
import { now } from "../fixtures.ts"

const studio = "video-studio-transcoding"
const tooOldForTask = Lack.Task({ task: "remove-segments", version: "0.4.0" })

const abilities = (version?: string, types?: ReadonlyArray<string>) => ({
  version: Option.fromNullable(version),
  jobTypes: Option.fromNullable(types),
  labels: [],
  state: "active" as const,
  health: unknownHealth
})

describe("what a runner can be offered", () => {
  const storyboard = "generate-video-storyboard"
  const vod = "vod-hls-transcoding"

  it.each([
    [storyboard, "0.3.0", undefined, true],
    [storyboard, "0.4.0", undefined, true],
    [storyboard, "0.2.0", undefined, false],
    [storyboard, "0.3.0-rc.1", undefined, false],
    [storyboard, "invalid", undefined, false],
    [storyboard, undefined, undefined, false],
    [storyboard, undefined, [vod, storyboard], true],
    [storyboard, "0.3.0", [vod], false],
    [vod, undefined, undefined, true],
    [vod, "0.1.0", undefined, true],
    [vod, "0.4.0", [storyboard], false],
    [vod, undefined, [], false],
    ["constructor", undefined, undefined, false],
    ["app-waveform", "0.4.0", undefined, false],
    ["app-waveform", undefined, ["app-waveform"], true]
  ])("%s, version %s, types %o: %s", (type, version, types, expected) => {
    expect(canRun({ type, requirements: [], labels: [] }, abilities(version, types), now)).toBe(expected)
  })

  it.each([
    ["0.4.0", undefined, ["cut", "remove-segments"], Option.none()],
    ["0.3.0", undefined, ["cut", "add-watermark"], Option.none()],
    ["0.3.0", undefined, ["cut", "remove-segments"], Option.some(tooOldForTask)],
    [undefined, [studio], ["remove-segments"], Option.some(tooOldForTask)],
    [undefined, undefined, ["remove-segments"], Option.some(tooOldForTask)],
    ["0.4.0", [vod], ["cut"], Option.some(Lack.Type({ type: studio }))]
  ])("an edit, version %s, types %o, tasks %o", (version, types, requirements, expected) => {
    expect(lackOf({ type: studio, requirements, labels: [] }, abilities(version, types), now)).toEqual(expected)
  })

  it("says which release a type needs", () => {
    const lack = lackOf({ type: storyboard, requirements: [], labels: [] }, abilities("0.2.0"), now)
    expect(lack).toEqual(Option.some(Lack.Version({ type: storyboard, version: "0.3.0" })))
  })
})
