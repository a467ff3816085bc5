import { assert } from "@effect/vitest"
import type { RunnerJob, Video } from "@runner-connector/core"
import { Effect } from "effect"
import { aHeldJob, playlist, stateOf } from "./arrange.ts"
import { assertDone, type Part, R } from "./client.ts"
import { jpeg, type Media, media } from "./media.ts"
import { replay } from "./recorded.ts"
import { tokens } from "./recordedForms.ts"
import { type Runner, recordedRunners } from "./recordings.ts"
import type { WireCases } from "./WireServer.ts"

/** The requested job type and the recorded form of its result. */
interface RecordedResult {
  readonly version: Runner["version"]
  readonly what: Given
  readonly digits: string
  readonly length: number
  readonly parts: ReadonlyArray<Part>
}

/** The state of the job and its video that the recording requires. */
interface Given {
  readonly name: string
  readonly job: Partial<RunnerJob.RunnerJob>
  readonly video?: Partial<Video.NewVideo>
}

const hlsOf = (resolution: number): Given => ({
  name: resolution === 0 ? "the audio of split HLS" : "the video of split HLS",
  job: { payload: { output: { resolution, fps: resolution === 0 ? 0 : 25, separatedAudio: true } } }
})

const output = { output: { resolution: 240, fps: 25 } }
const web: Given = { name: "a progressive file", job: { type: "vod-web-video-transcoding", payload: output } }
const merge: Given = { name: "audio with a picture", job: { type: "vod-audio-merge-transcoding", payload: output } }
const studio: Given = {
  name: "an edited video",
  job: {
    type: "video-studio-transcoding",
    payload: { tasks: [{ name: "cut", options: { start: 0, end: 4 } }] },
    privatePayload: { separatedSound: false, previousState: "Published", expectedDuration: 4, keepsSource: true }
  },
  video: { state: "ToEdit" }
}
const storyboard: Given = {
  name: "a storyboard",
  job: {
    type: "generate-video-storyboard",
    payload: {
      sprite: { width: 192, height: 108 },
      grid: { width: 4, height: 1 },
      ...{ interval: 1, total: 4, duration: 4 }
    }
  }
}

const file = (name: string, size: number, tracks: Media["tracks"] = "both"): Part => [
  ...(["payload[videoFile]", media({ height: 240, size, tracks })] as const),
  ...([`${name}.mp4`, "video/mp4"] as const)
]

const list = (name: string, text: string): Part => [
  ...(["payload[resolutionPlaylistFile]", text] as const),
  ...([`${name}.m3u8`, "application/vnd.apple.mpegurl"] as const)
]

const picture = "5cfb89be-02df-4fa0-bd7e-52e37e2522df-240"
const sound = "95c1f6a3-63cd-478c-8579-e4515788ac93-0"
const soundSegments = [["4.017052", 35_765] as const, ["0.023220", 165] as const]

const results: ReadonlyArray<RecordedResult> = [
  {
    ...{ version: "0.0.21", what: web, digits: "936508327572478917301201", length: 165_743 },
    parts: [file("output-f9747719-03dc-46bb-a8b9-e4c8fb35ea18", 165_185)]
  },
  {
    ...{ version: "0.0.21", what: merge, digits: "714384763680432019359116", length: 90_479 },
    parts: [file("output-35a72f40-3b18-4af2-b54f-a4c9d6208a93", 89_921)]
  },
  {
    ...{ version: "0.0.21", what: studio, digits: "757517987878187914224985", length: 324_608 },
    parts: [file("output-edition-9495f7a9-74a1-4924-a93b-ec8946f2cf24", 324_042)]
  },
  {
    ...{ version: "0.4", what: web, digits: "9a5d468e9f788b4d33b3083f", length: 165_751 },
    parts: [file("output-53c36d97-43d6-42cf-b4d1-01b4c25d38a7", 165_193)]
  },
  {
    ...{ version: "0.4", what: hlsOf(240), digits: "dc21e03f38f82f36b6085798", length: 128_931 },
    parts: [
      file(`${picture}-fragmented`, 127_826, "picture"),
      list(picture, playlist(`${picture}-fragmented.mp4`, 830, [["4.000000", 126_996]]))
    ]
  },
  {
    ...{ version: "0.4", what: hlsOf(0), digits: "e2756c290cb9dd3e52ffa809", length: 37_890 },
    parts: [
      file(`${sound}-fragmented`, 36_695, "sound"),
      list(sound, playlist(`${sound}-fragmented.mp4`, 765, soundSegments))
    ]
  },
  {
    ...{ version: "0.4", what: merge, digits: "2e18c716c52369d5d2681588", length: 90_479 },
    parts: [file("output-4b2709af-7f5c-4420-b569-3cd868112e01", 89_921)]
  },
  {
    ...{ version: "0.4", what: studio, digits: "e2f4bbd3c28666e6366e1363", length: 324_608 },
    parts: [file("output-edition-9bb3e2e8-e850-4030-ba78-67a331b646a7", 324_042)]
  },
  {
    ...{ version: "0.4", what: storyboard, digits: "88ba61935fa9af9fff2d2b5b", length: 18_452 },
    parts: [
      [
        ...(["payload[storyboardFile]", jpeg({ width: 768, height: 108, size: 17_884 })] as const),
        ...(["storyboard-076f768f-5063-4d2c-86e9-5f8a7b027067.jpg", "image/jpeg"] as const)
      ]
    ]
  }
]

/** The results that real runners submitted for each type that produces files, byte for byte. */
export const recordedResultCases: WireCases = (it) => {
  for (const { digits, length, parts, version, what } of results) {
    it.effect(`accepts ${what.name} as recorded from runner ${version}`, () =>
      Effect.gen(function* () {
        const runner = recordedRunners.find((one) => one.version === version)
        assert.isDefined(runner)
        const held = yield* aHeldJob(what.job, what.video)
        const names = { ...held.tokens, registrationToken: "", job: held.id, video: held.videoId }
        assertDone(yield* replay(runner.update(names)))
        const path = `${R}/jobs/${held.id}/success`
        assertDone(yield* replay(runner.form(path, digits, length, [...tokens(names), ...parts])))
        assert.strictEqual(yield* stateOf(held.id), "Completed")
      })
    )
  }
}
