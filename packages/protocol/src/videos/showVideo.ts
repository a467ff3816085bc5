import {
  type Chunking,
  type FileKey,
  FileNames,
  type LiveSession,
  RenditionJobs,
  type Runner,
  type RunnerJob,
  type Video,
  VideoMachine,
  VideoProgress,
  type WaitingFor
} from "@runner-connector/core"
import { DateTime, Option, Schema } from "effect"
import { stateDocuments } from "../jobs/JobDocument.ts"
import { historyDocument } from "../jobs/JobHistory.ts"
import { LIVE_FAILED, reasonOf } from "./publicReasons.ts"
import type { VideoDocument } from "./VideoDocument.ts"

type AVideo = Video.Video
type AJob = RunnerJob.RunnerJob
type Runners = ReadonlyMap<number, Runner.Runner>

/** Facts about the jobs of a document that the jobs do not contain. */
interface AboutJobs {
  /** The current and the last runners of the jobs. */
  readonly runners: Runners
  /** The result of `JobAdmin.explain`. */
  readonly waiting: ReadonlyMap<string, WaitingFor.WaitingFor>
  /** Whether the reader is an administrator and sees the messages of runners. */
  readonly showsLogs: boolean
}

/** Ids and labels of the states of videos, as in PeerTube. */
const states = {
  Published: { id: 1, label: "Published" },
  ToTranscode: { id: 2, label: "To transcode" },
  ToImport: { id: 3, label: "To import" },
  TranscodingFailed: { id: 7, label: "Transcoding failed" },
  ToEdit: { id: 9, label: "To edit" },
  WaitingForLive: { id: 4, label: "Waiting for livestream" },
  LiveEnded: { id: 5, label: "Livestream ended" }
} as const satisfies Record<AVideo["state"], { readonly id: number; readonly label: string }>

const Output = Schema.Struct({ output: Schema.Struct({ resolution: Schema.Int }) })

const resolutionOf = (job: AJob): number | null =>
  Option.getOrNull(Option.map(Schema.decodeUnknownOption(Output)(job.payload), ({ output }) => output.resolution))

const runnerOf = (job: AJob, runners: Runners) =>
  Option.match(
    Option.flatMapNullable(job.runnerId, (id) => runners.get(id)),
    {
      onNone: () => null,
      onSome: ({ id, name }) => ({ id, name })
    }
  )

const historyOf = (job: AJob, { showsLogs, waiting }: AboutJobs) => {
  const history = historyDocument(job, Option.fromNullable(waiting.get(job.id)))
  return showsLogs
    ? history
    : { ...history, attempts: history.attempts.map((attempt) => ({ ...attempt, message: null })) }
}

const jobDocument = (row: RenditionJobs.RenditionJob, about: AboutJobs) => {
  const { chunks, job } = row
  return {
    uuid: job.id,
    type: job.type,
    state: stateDocuments[job.state],
    progress: Option.getOrNull(RenditionJobs.progressOf(row)),
    chunks: Option.getOrNull(Option.map(chunks, ({ completed, total }) => ({ completed, total }))),
    failures: job.failures,
    error: Option.getOrNull(about.showsLogs ? job.error : reasonOf(job)),
    resolution: resolutionOf(job),
    runner: runnerOf(job, about.runners),
    ...historyOf(job, about)
  }
}

const chunkingDocument = ({ reason, state, total }: Chunking.Chunking) => ({ state, total, reason: reason ?? null })

/** The URL of a file for players. Null when the host serves no files. */
type UrlOf = (key: FileKey.FileKey) => string | null

/** Whether the video lacks the files of the completed job: they were published later, or removed. */
export const isMissing = (job: AJob, video: AVideo): boolean =>
  job.state === "Completed" &&
  Option.exists(job.attemptId, (id) => !VideoMachine.keysInUse(video).some((key) => key.includes(id)))

const fileDocument = (urlOf: UrlOf, file: Video.WebVideo) => ({
  resolution: file.resolution,
  fps: file.fps,
  width: file.width,
  height: file.height,
  size: file.size,
  url: urlOf(file.key)
})

const captionDocument = (urlOf: UrlOf, caption: AVideo["captions"][number]) => ({
  language: caption.language,
  label: caption.label,
  automatic: caption.automatic,
  url: urlOf(caption.key),
  playlistUrl: urlOf(caption.playlistKey)
})

const storyboardDocument = (urlOf: UrlOf, { key, storyboard, trackKey }: Video.StoredStoryboard) => ({
  url: urlOf(key),
  trackUrl: urlOf(trackKey),
  sprite: storyboard.sprite,
  grid: storyboard.grid,
  interval: storyboard.interval
})

const liveDocument = ({ error, replay, state }: LiveSession.LiveSession, { showsLogs }: AboutJobs) => ({
  state,
  error: Option.getOrNull(showsLogs ? error : Option.as(error, LIVE_FAILED)),
  replay
})

/** The document of a video. */
export const videoDocument = (
  urlOf: UrlOf,
  video: AVideo,
  jobs: ReadonlyArray<AJob>,
  about: AboutJobs
): VideoDocument => ({
  uuid: video.id,
  id: video.number,
  name: FileNames.displayName(video),
  externalId: Option.getOrNull(video.externalId),
  metadata: video.metadata,
  title: Option.getOrNull(video.title),
  fileName: Option.getOrNull(video.fileName),
  state: states[video.state],
  duration: Option.getOrNull(VideoMachine.durationOf(video)),
  thumbnailUrl: Option.getOrNull(Option.map(video.thumbnailKey, (key) => urlOf(key))),
  playlistUrl: Option.getOrNull(Option.map(video.playlistKey, (key) => urlOf(key))),
  files: video.files.map((file) => ({
    ...fileDocument(urlOf, file),
    playlistUrl: urlOf(file.playlistKey)
  })),
  webVideos: video.webVideos.map((file) => fileDocument(urlOf, file)),
  language: Option.getOrNull(video.language),
  captions: video.captions.map((caption) => captionDocument(urlOf, caption)),
  storyboard: Option.getOrNull(Option.map(video.storyboard, (stored) => storyboardDocument(urlOf, stored))),
  live: Option.getOrNull(Option.map(video.live, (session) => liveDocument(session, about))),
  chunking: Option.getOrNull(Option.map(video.chunking, chunkingDocument)),
  priority: video.priority,
  tenant: Option.getOrNull(video.tenant),
  labels: video.labels,
  jobs: RenditionJobs.byRendition(jobs).map((row) => jobDocument(row, about)),
  progress: VideoProgress.ofJobs(
    jobs,
    Option.exists(video.chunking, ({ state }) => state === "cutting")
  ),
  createdAt: DateTime.formatIso(video.createdAt)
})
