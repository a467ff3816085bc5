import type { FileKey, LiveSession } from "@runner-connector/core"
import { FileNames, type Runner, type RunnerJob, type Video, VideoMachine, VideoProgress } from "@runner-connector/core"
import { JobDocuments } from "@runner-connector/core/protocol"
import { DateTime, Option, Schema } from "effect"

type AVideo = Video.Video
type AJob = RunnerJob.RunnerJob
type Runners = ReadonlyMap<number, Runner.Runner>

/** Numbers and labels of a video's states, as PeerTube's clients know them. */
const states = {
  Published: { id: 1, label: "Published" },
  ToTranscode: { id: 2, label: "To transcode" },
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

const jobDocument = (job: AJob, runners: Runners) => ({
  uuid: job.id,
  type: job.type,
  state: JobDocuments.stateDocuments[job.state],
  progress: job.state === "Completed" ? 100 : Option.getOrNull(job.progress),
  failures: job.failures,
  error: Option.getOrNull(job.error),
  resolution: resolutionOf(job),
  runner: runnerOf(job, runners)
})

/** The address of a stored file. */
export const storageUrl = (origin: string, key: FileKey.FileKey): string =>
  `${origin}/storage/${key.split("/").map(encodeURIComponent).join("/")}`

/** Whether the result of the job was published after the video was read. */
export const isMissing = (job: AJob, video: AVideo): boolean =>
  job.state === "Completed" && !video.files.some(({ resultId }) => Option.contains(job.resultId, resultId))

const liveDocument = ({ error, replay, state }: LiveSession.LiveSession) => ({
  state,
  error: Option.getOrNull(error),
  replay
})

/** A video as clients of this server read it. */
export const videoDocument = (origin: string, video: AVideo, jobs: ReadonlyArray<AJob>, runners: Runners) => ({
  uuid: video.id,
  id: video.number,
  name: FileNames.nameOf(
    Option.getOrElse(Option.isSome(video.live) ? Option.none() : video.sourceKey, () => video.destination)
  ),
  state: states[video.state],
  duration: Option.getOrNull(VideoMachine.durationOf(video)),
  thumbnailUrl: Option.getOrNull(Option.map(video.thumbnailKey, (key) => storageUrl(origin, key))),
  playlistUrl: Option.getOrNull(Option.map(video.playlistKey, (key) => storageUrl(origin, key))),
  files: video.files.map((file) => ({
    resolution: file.resolution,
    fps: file.fps,
    width: file.width,
    height: file.height,
    size: file.size,
    url: storageUrl(origin, file.key),
    playlistUrl: storageUrl(origin, file.playlistKey)
  })),
  live: Option.getOrNull(Option.map(video.live, liveDocument)),
  jobs: jobs.map((job) => jobDocument(job, runners)),
  progress: VideoProgress.ofJobs(jobs),
  createdAt: DateTime.formatIso(video.createdAt)
})
