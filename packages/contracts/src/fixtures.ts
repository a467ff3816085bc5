import {
  FileKey,
  Ids,
  type Persistence,
  type Runner,
  RunnerHealth,
  RunnerJob,
  RunnerStore,
  TranscodingPlan,
  TranscodingSettings,
  Video
} from "@runner-connector/core"
import { DateTime, Effect, Option } from "effect"

/** The default timestamp of every fixture. */
export const someMoment: DateTime.Utc = DateTime.unsafeMake("2024-05-17T10:20:30.123Z")

export const aJobId = (): Ids.JobId => Ids.JobId.make(crypto.randomUUID())

export const aVideoId = (): Ids.VideoId => Ids.VideoId.make(crypto.randomUUID())

/** A token hash that no other fixture uses. */
export const aTokenHash = (): Ids.TokenHash =>
  Ids.TokenHash.make((crypto.randomUUID() + crypto.randomUUID()).replaceAll("-", ""))

/** A pending job without a lease. */
export const aJob = (overrides: Partial<RunnerJob.RunnerJob> = {}): RunnerJob.RunnerJob => ({
  ...RunnerJob.pending({
    id: aJobId(),
    type: "vod-hls-transcoding",
    payload: {},
    privatePayload: {},
    priority: 0,
    createdAt: someMoment
  }),
  ...overrides
})

/** A runner before its insert. Stores require that its registration token exists. */
export const aNewRunner = (overrides: Partial<Runner.NewRunner> = {}): Runner.NewRunner => ({
  name: `runner ${crypto.randomUUID()}`,
  description: Option.none(),
  tokenHash: aTokenHash(),
  registrationTokenId: Ids.RegistrationTokenId.make(1),
  version: Option.none(),
  jobTypes: Option.none(),
  labels: [],
  state: "active",
  health: RunnerHealth.unknownHealth,
  ip: Option.none(),
  lastContact: someMoment,
  createdAt: someMoment,
  updatedAt: someMoment,
  ...overrides
})

/** A runner as a store returns it. */
export const aRunner = (overrides: Partial<Runner.Runner> = {}): Runner.Runner => ({
  ...aNewRunner(),
  id: Ids.RunnerId.make(1),
  ...overrides
})

/** Inserts a runner. Adds a registration token unless one is given. */
export const aRegisteredRunner = (
  overrides: Partial<Runner.NewRunner> = {}
): Effect.Effect<Runner.Runner, RunnerStore.RunnerRefused | Persistence.PersistenceError, RunnerStore.RunnerStore> =>
  Effect.gen(function* () {
    const store = yield* RunnerStore.RunnerStore
    const { registrationTokenId = (yield* aRegistrationToken).id, ...rest } = overrides
    return yield* store.insert(aNewRunner({ ...rest, registrationTokenId }))
  })

/** Inserts a registration token. */
export const aRegistrationToken = Effect.flatMap(RunnerStore.RunnerStore, (store) =>
  store.registrationTokens.add({ tokenHash: aTokenHash(), hint: "…3c4d", at: someMoment })
)

export const aVideoFile = (overrides: Partial<Video.VideoFile> = {}): Video.VideoFile => {
  const attemptId = overrides.attemptId ?? crypto.randomUUID()
  return {
    attemptId,
    resolution: 720,
    fps: 25,
    width: 1280,
    height: 720,
    size: 1_234_567,
    duration: Option.some(12.34),
    hasVideo: true,
    hasAudio: true,
    codecs: ["avc1.64001f", "mp4a.40.2"],
    key: FileKey.FileKey.make(`videos/cat/${attemptId}-720-fragmented.mp4`),
    playlistKey: FileKey.FileKey.make(`videos/cat/${attemptId}-720.m3u8`),
    ...overrides
  }
}

/** A video before its insert, with new jobs. */
export const aNewVideo = (overrides: Partial<Video.NewVideo> = {}): Video.NewVideo =>
  Video.newVideo({
    id: aVideoId(),
    sourceKey: Option.some(FileKey.FileKey.make("uploads/cat.mov")),
    source: {
      duration: Option.some(12.34),
      size: 7_654_321,
      hasVideo: true,
      hasAudio: true,
      width: 1920,
      height: 1080,
      fps: 25
    },
    plan: { ...TranscodingPlan.defaultPlan, settings: TranscodingSettings.defaults },
    destination: FileKey.FileKey.make("videos/cat"),
    baseName: Option.none(),
    createdAt: someMoment,
    ...overrides
  })

/** A video as a store returns it. */
export const aVideo = (overrides: Partial<Video.Video> = {}): Video.Video => ({
  ...aNewVideo(),
  number: 1,
  revision: 0,
  ...overrides
})
