import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual, notDeepStrictEqual } from "@effect/vitest/utils"
import { Cause, ConfigProvider, Duration, Effect, Layer, Option } from "effect"
import {
  ConnectorConfig,
  type ConnectorSettings,
  defaults,
  layer,
  layerFromEnv,
  unknownJobTypes
} from "../../src/config/ConnectorConfig.ts"

const publicUrl = new URL("https://media.example")

const read = (variables: Record<string, string>) =>
  Effect.map(ConnectorConfig, (settings) => settings).pipe(
    Effect.provide(
      layerFromEnv(publicUrl).pipe(
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))))
      )
    )
  )

type Read = (settings: ConnectorSettings) => unknown

const millis =
  (read: (settings: ConnectorSettings) => Duration.Duration): Read =>
  (settings) =>
    Duration.toMillis(read(settings))

/** Each variable: a value, what it is read as, and a value that is wrong. */
const variables: ReadonlyArray<readonly [name: string, value: string, read: Read, expected: unknown, wrong: string]> = [
  ["RUNNER_VOD_SILENCE", "5 minutes", millis((_) => _.vodSilence), 300_000, "soon"],
  ["RUNNER_LIVE_SILENCE", "10 seconds", millis((_) => _.liveSilence), 10_000, "0 seconds"],
  ["RUNNER_MAX_STALLS", "7", (_) => _.maxStalls, 7, "0"],
  ["RUNNER_PROGRESS_SILENCE", "3 hours", millis((_) => _.progressSilence), 10_800_000, "0 seconds"],
  ["RUNNER_VOD_RUN_TIME", "1 hour", millis((_) => _.vodRunTime), 3_600_000, "0 seconds"],
  ["RUNNER_MAX_INTERRUPTIONS", "2", (_) => _.maxInterruptions, 2, "0"],
  ["RUNNER_RESUME_WINDOW", "9 minutes", millis((_) => _.resumeWindow), 540_000, "0 seconds"],
  ["RUNNER_UPLOAD_SILENCE", "2 minutes", millis((_) => _.uploadSilence), 120_000, "0 seconds"],
  ["RUNNER_COMPLETION_WAIT", "1 minute", millis((_) => _.completionWait), 60_000, "-"],
  ["RUNNER_COMPLETION_SILENCE", "2 minutes", millis((_) => _.completionSilence), 120_000, "0 millis"],
  ["RUNNER_UPKEEP_INTERVAL", "3 seconds", millis((_) => _.upkeepInterval), 3000, "0 seconds"],
  ["RUNNER_RETIRED_FOR", "1 day", millis((_) => _.retiredFor), 86_400_000, "a day"],
  ["RUNNER_OFFLINE_AFTER", "2 minutes", millis((_) => _.offlineAfter), 120_000, "0 seconds"],
  ["RUNNER_CONTACT_INTERVAL", "1 second", millis((_) => _.contactInterval), 1000, "x"],
  ["RUNNER_RATE_LIMIT", "0", (_) => _.rateLimit, 0, "-1"],
  ["RUNNER_RATE_WINDOW", "1 minute", millis((_) => _.rateWindow), 60_000, "0 seconds"],
  ["CUSTOM_UPLOADS", "on", (_) => _.customUploads, true, "perhaps"],
  ["RUNNER_REDIRECT_DOWNLOADS", "true", (_) => _.redirectDownloads, true, "maybe"],
  ["RUNNER_MAX_JSON_SIZE", "2048", (_) => _.maxJsonSize, 2048, "1 MB"],
  ["RUNNER_MAX_FILE_SIZE", "4096", (_) => _.maxFileSize, 4096, "-1"],
  ["RETENTION_JOBS", "90 days", (_) => Option.map(_.retentionJobs, Duration.toDays), Option.some(90), "0 days"],
  ["TRANSCRIPTION_LANGUAGES", "en, pt-br", (_) => _.languages, Option.some(["en", "pt-BR"]), "en,not a language"],
  ["TRANSCODING_RESOLUTIONS_144P", "true", (_) => _.transcoding.resolutions, [144, 360, 480, 720], "144"],
  ["TRANSCODING_RESOLUTIONS_240P", "yes", (_) => _.transcoding.resolutions, [240, 360, 480, 720], "maybe"],
  ["TRANSCODING_RESOLUTIONS_360P", "false", (_) => _.transcoding.resolutions, [480, 720], "-"],
  ["TRANSCODING_RESOLUTIONS_480P", "0", (_) => _.transcoding.resolutions, [360, 720], "2"],
  ["TRANSCODING_RESOLUTIONS_720P", "off", (_) => _.transcoding.resolutions, [360, 480], "?"],
  ["TRANSCODING_RESOLUTIONS_1080P", "on", (_) => _.transcoding.resolutions, [360, 480, 720, 1080], "full"],
  ["TRANSCODING_RESOLUTIONS_1440P", "1", (_) => _.transcoding.resolutions, [360, 480, 720, 1440], "x"],
  ["TRANSCODING_RESOLUTIONS_2160P", "true", (_) => _.transcoding.resolutions, [360, 480, 720, 2160], "4k"],
  [
    "TRANSCODING_ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION",
    "true",
    (_) => _.transcoding.alwaysTranscodeOriginalResolution,
    true,
    "always"
  ],
  ["TRANSCODING_FPS_MIN", "5", (_) => _.transcoding.fps.min, 5, "0"],
  ["TRANSCODING_FPS_STANDARD", "24,30", (_) => _.transcoding.fps.standard, [24, 30], "24,fast"],
  ["TRANSCODING_FPS_HD_STANDARD", "48", (_) => _.transcoding.fps.hdStandard, [48], "0"],
  ["TRANSCODING_FPS_AUDIO_MERGE", "10", (_) => _.transcoding.fps.audioMerge, 10, "-10"],
  ["TRANSCODING_FPS_AVERAGE", "25", (_) => _.transcoding.fps.average, 25, "25.5"],
  ["TRANSCODING_FPS_MAX", "50", (_) => _.transcoding.fps.max, 50, "many"],
  [
    "TRANSCODING_FPS_KEEP_ORIGIN_FPS_RESOLUTION_MIN",
    "480",
    (_) => _.transcoding.fps.keepOriginFpsResolutionMin,
    480,
    "0"
  ],
  ["TRANSCODING_RUNNER_MAX_FAILURE", "2", (_) => _.transcoding.maxFailures, 2, "0"],
  ["RUNNER_JOB_LABELS", "a=gpu, b=y+x", (_) => _.jobLabels, { a: ["gpu"], b: ["x", "y"] }, "=gpu"],
  ["TENANT_WEIGHTS", " acme = 3, a=b=0.5 ", (_) => _.tenantWeights, { acme: 3, "a=b": 0.5 }, "acme=0"],
  ["TENANT_LIMITS", "acme=10,*=4", (_) => _.tenantLimits, { acme: 10, "*": 4 }, "acme=0"],
  ["LABEL_LIMITS", "gpu=4,", (_) => _.labelLimits, { gpu: 4 }, "GPU=4"],
  ["TRANSCODING_GRAPH", "peertube", (_) => _.plan.graph, "peertube", "sequential"],
  ["TRANSCODING_HLS", "false", (_) => _.plan.hls, false, "some"],
  ["TRANSCODING_WEB_VIDEOS", "true", (_) => _.plan.webVideos, true, "some"],
  ["TRANSCODING_SPLIT_AUDIO", "on", (_) => _.plan.splitAudio, true, "left"],
  ["TRANSCODING_AUDIO_MERGE", "1", (_) => _.plan.audioMerge, true, "11"],
  ["TRANSCODING_KEEP_SOURCE", "false", (_) => _.plan.keepSource, false, "never"]
]

describe("the environment", () => {
  it.effect("says nothing: everything has its default", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* read({}), { ...defaults, publicUrl })
    })
  )

  for (const [name, value, get, expected] of variables) {
    it.effect(`sets ${name}`, () =>
      Effect.gen(function* () {
        const settings = yield* read({ [name]: value })
        deepStrictEqual(get(settings), expected)
        notDeepStrictEqual(get(settings), get({ ...defaults, publicUrl }))
      })
    )
  }

  it.effect("is wrong in everything: everything is named at once", () =>
    Effect.gen(function* () {
      const wrong = Object.fromEntries(variables.map(([name, , , , value]) => [name, value]))
      const cause = yield* Effect.flip(Effect.sandbox(read(wrong)))
      const text = Cause.pretty(cause)
      deepStrictEqual(
        variables.map(([name]) => name).filter((name) => !text.includes(name)),
        []
      )
    })
  )

  for (const [name, , , , wrong] of variables) {
    it.effect(`is refused with ${name}=${wrong}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(read({ [name]: wrong }))
        assert.include(String(error), name)
      })
    )
  }
})

it.effect.each([
  ["RUNNER_JOB_LABELS", "a=gpu,b=GPU", "not b=GPU"],
  ["RUNNER_JOB_LABELS", "a=gpu,=x", "not =x"],
  ["RUNNER_JOB_LABELS", "a=gpu=x", "not a=gpu=x"],
  ["RUNNER_JOB_LABELS", "a=gpu,a=x", "a only once"],
  ["TENANT_WEIGHTS", "acme=3,other=none", "not other=none"],
  ["TENANT_LIMITS", "acme=3,__proto__=4", "not __proto__=4"],
  ["LABEL_LIMITS", "gpu=4,Site Berlin=1", "not Site Berlin=1"]
] as const)("names the wrong entry of %s=%s", ([name, value, reason]) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(read({ [name]: value }))
    assert.include(String(error), `, and ${reason}`)
  })
)

it("names job types that nobody knows, with those that are meant", () => {
  const known = ["vod-hls-transcoding", "app-waveform"]
  deepStrictEqual(unknownJobTypes({ "vod-hls-transcoding": ["gpu"], "app-wavefrom": [], other: [] }, known), [
    "there is no job type app-wavefrom. Did you mean app-waveform?",
    "there is no job type other"
  ])
})

it.effect("a host that gives settings itself leaves out what it likes", () =>
  Effect.gen(function* () {
    const settings = yield* Effect.provide(ConnectorConfig, layer({ publicUrl, maxStalls: 1 }))
    deepStrictEqual(settings, { ...defaults, publicUrl, maxStalls: 1 })
  })
)
