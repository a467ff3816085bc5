import { DateTime, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { JobId, RunnerId, TokenHash, VideoId } from "../../src/domain/Ids.ts"
import { type JobState, pending, type RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { MediaSummary } from "../../src/domain/media/MediaSummary.ts"
import { defaultPlan } from "../../src/domain/video/TranscodingPlan.ts"
import { defaults } from "../../src/domain/video/TranscodingSettings.ts"
import { newVideo, type Video, type VideoFile, type WebVideo } from "../../src/domain/video/Video.ts"

export const before = DateTime.unsafeMake("2026-01-01T00:00:00Z")
export const now = DateTime.unsafeMake("2026-01-01T00:01:00Z")

/** The n-th UUID of the tests. */
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
export const jobId = (n: number): JobId => JobId.make(uuid(n))
export const runnerId = RunnerId.make(7)
export const tokenHash = TokenHash.make("ab".repeat(32))
export const attemptId = uuid(900)
/** What a runner gets with a job. */
export const acceptance = {
  runnerId,
  runner: "gpu-1",
  version: Option.some("0.4.0"),
  jobTokenHash: tokenHash,
  attemptId
}
export const key = (text: string): FileKey => FileKey.make(text)

export const aJob = (over: Partial<RunnerJob> = {}): RunnerJob => ({
  ...pending({
    id: jobId(1),
    type: "vod-hls-transcoding",
    payload: {},
    privatePayload: {},
    priority: 100,
    createdAt: before
  }),
  revision: 3,
  ...over
})

/** A job as it stands in the given state after an ordinary life. */
export const aJobIn = (state: JobState, over: Partial<RunnerJob> = {}): RunnerJob => {
  const held: Partial<RunnerJob> = {
    runnerId: Option.some(runnerId),
    jobTokenHash: Option.some(tokenHash),
    startedAt: Option.some(before),
    attemptId: Option.some(attemptId),
    attempts: [{ runner: "gpu-1", version: Option.some("0.4.0"), startedAt: before, end: Option.none() }]
  }
  const gone: Partial<RunnerJob> = { finishedAt: Option.some(before) }
  const fields: Record<JobState, Partial<RunnerJob>> = {
    Pending: {},
    WaitingForParent: { parentId: Option.some(jobId(99)) },
    Processing: { ...held, progress: Option.some(40) },
    Completing: { ...held, progress: Option.some(100) },
    Completed: { ...held, ...gone },
    Errored: { ...gone, error: Option.some("no space left") },
    Cancelled: gone,
    ParentErrored: { ...gone, error: Option.some("parent error") },
    ParentCancelled: gone
  }
  return aJob({ state, ...fields[state], ...over })
}

export const aSummary = (over: Partial<MediaSummary> = {}): MediaSummary => ({
  duration: Option.some(60),
  size: 1_000_000,
  hasVideo: true,
  hasAudio: true,
  width: 1280,
  height: 720,
  fps: 30,
  ...over
})

/** A rendition whose files are named after the n-th UUID. */
export const aFile = (n: number, over: Partial<VideoFile> = {}): VideoFile => ({
  attemptId: uuid(n),
  resolution: 480,
  fps: 30,
  width: 854,
  height: 480,
  size: 218_910,
  duration: Option.some(5),
  hasVideo: true,
  hasAudio: true,
  codecs: ["avc1.64001e", "mp4a.40.2"],
  key: key(`videos/cat/${uuid(n)}-${over.resolution ?? 480}-fragmented.mp4`),
  playlistKey: key(`videos/cat/${uuid(n)}-${over.resolution ?? 480}.m3u8`),
  ...over
})

/** A progressive file that is named after the n-th UUID. */
export const aWebVideo = (n: number, over: Partial<WebVideo> = {}): WebVideo => {
  const { playlistKey: _, ...file } = aFile(n, over)
  return { ...file, key: key(`videos/cat/${uuid(n)}-${file.resolution}.mp4`), ...over }
}

export const aVideo = (over: Partial<Video> = {}): Video => ({
  ...newVideo({
    id: VideoId.make(uuid(500)),
    sourceKey: Option.some(key("uploads/cat.mov")),
    source: aSummary(),
    plan: { ...defaultPlan, settings: defaults },
    destination: key("videos/cat"),
    baseName: Option.none(),
    createdAt: before
  }),
  number: 1,
  revision: 2,
  ...over
})
