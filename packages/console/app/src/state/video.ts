import type { Video, VideoJob } from "../api/documents.ts"
import { t } from "../texts.ts"
import { shortTime, size } from "./format.ts"
import { isBroadcast, isFailed, isMoving, isOpen, JobState } from "./job.ts"

/** State ids of a video. */
export const VideoState = {
  published: 1,
  toTranscode: 2,
  toImport: 3,
  waitingForLive: 4,
  failed: 7,
  toEdit: 9
} as const

const inTheMaking: ReadonlySet<number> = new Set([VideoState.toTranscode, VideoState.waitingForLive, VideoState.toEdit])

const isLost = (job: VideoJob) => !isOpen(job) && job.state.id !== JobState.completed

/** All jobs except failed ones that a later job has replaced. */
export const currentJobs = ({ jobs }: Video): ReadonlyArray<VideoJob> =>
  jobs.filter(
    (job, index) =>
      !isLost(job) || !jobs.slice(index + 1).some((_) => _.type === job.type && _.resolution === job.resolution)
  )

/** Whether no further change of the video is expected. */
export const isSettled = (video: Video): boolean => !inTheMaking.has(video.state.id) && !video.jobs.some(isOpen)

/** Whether a rendition is missing and not in progress. */
export const isIncomplete = (video: Video): boolean =>
  isSettled(video) &&
  (video.state.id === VideoState.failed || currentJobs(video).some((job) => isLost(job) && job.resolution !== null))

export const isLive = ({ live }: Video): boolean => live !== null && live.state !== "ended"
export const isOnAir = (video: Video): boolean => isLive(video) && video.playlistUrl !== null

/** The URL for playback: the playlist, or the largest progressive file. */
export const playedFrom = ({ playlistUrl, webVideos }: Video): string | null =>
  playlistUrl ?? [...webVideos].sort((a, b) => b.resolution - a.resolution)[0]?.url ?? null

const isFinished = (video: Video) => isSettled(video) && !isLive(video) && playedFrom(video) !== null

const isTranscribed = ({ captions, jobs }: Video) =>
  captions.length > 0 || jobs.some((job) => job.type === "video-transcription" && isOpen(job))

/** Which actions make sense for the video. */
export const offers = {
  ensure: isIncomplete,
  transcribe: (video: Video) => isFinished(video) && !isTranscribed(video),
  stop: (video: Video) => isLive(video) && video.live?.state !== "stopping",
  cancel: (video: Video) => !isLive(video) && video.jobs.some(isOpen),
  retry: (video: Video) => !isLive(video) && currentJobs(video).some(isFailed),
  edit: (video: Video) => isFinished(video) && [...video.files, ...video.webVideos].some(({ width }) => width > 0)
}

/** The server's default name of a live. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** The name of the video, or its id when it has none. */
export const titleOf = ({ createdAt, live, name, uuid }: Video): string => {
  if (live !== null && UUID.test(name ?? uuid)) return t.videos.liveOf(shortTime(new Date(createdAt)))
  return name === null || name.trim() === "" ? uuid : name
}

const keyOfState: Readonly<Record<number, keyof typeof t.videos.states>> = {
  1: "Published",
  2: "ToTranscode",
  3: "ToImport",
  4: "WaitingForLive",
  5: "LiveEnded",
  7: "TranscodingFailed",
  9: "ToEdit"
}

export const stateOf = (video: Video): string => {
  if (isOnAir(video)) return t.videos.onAir
  const key = keyOfState[video.state.id]
  return key === undefined ? video.state.label : t.videos.states[key]
}

export type Tone = "good" | "bad" | "busy" | "idle" | "live"

export const toneOf = (video: Video): Tone => {
  if (isOnAir(video)) return "live"
  if (video.state.id === VideoState.failed) return "bad"
  if (!isSettled(video)) return "busy"
  return playedFrom(video) === null ? "idle" : "good"
}

export const resolutionName = (resolution: number): string => (resolution === 0 ? t.videos.audio : `${resolution}p`)

/** The jobs that make files to download. */
export const PROGRESSIVE: ReadonlySet<string> = new Set(["vod-web-video-transcoding", "vod-audio-merge-transcoding"])

export const nameOf = (resolution: number, isProgressive: boolean) =>
  isProgressive ? `${resolutionName(resolution)} MP4` : resolutionName(resolution)

/** The name of a job within its video: `720p`, `720p MP4`, `Captions`. */
export const jobName = ({ resolution, type }: VideoJob): string =>
  resolution === null ? (t.videos.kinds[type] ?? type) : nameOf(resolution, PROGRESSIVE.has(type))

const editOf = ({ jobs }: Video) => jobs.find((job) => job.type === "video-studio-transcoding" && isOpen(job))

/** The total progress in percent. During an edit only the edit counts, because all renditions are made anew afterwards. */
export const progressOf = (video: Video): number =>
  video.state.id === VideoState.toEdit ? (editOf(video)?.progress ?? 0) : video.progress

const broadcastOf = ({ jobs, live }: Video) => {
  if (live?.state === "running") return live.replay ? t.videos.onAirReplay : t.videos.onAir
  if (live?.state === "stopping") return t.videos.stopping
  return jobs.some((job) => isBroadcast(job) && job.runner !== null) ? t.videos.waitingStream : t.videos.waiting
}

/** Reasons that a free runner will end by itself. */
const ORDINARY = /^(a free runner|the idle runner|one of \d+ idle runners)/

/** Why the job waits, unless the reason is that runners are busy. */
export const unusualWait = (job: Pick<VideoJob, "state" | "waitingFor">): string | undefined =>
  job.state.id !== JobState.pending || job.waitingFor === null || ORDINARY.test(job.waitingFor)
    ? undefined
    : t.videos.waitingFor(job.waitingFor)

const ongoing = (video: Video) => {
  const open = video.jobs.filter(isOpen)
  const isPlayable = playedFrom(video) !== null
  if (open.length === 0) return t.videos.preparing
  if (!open.some(isMoving)) {
    if (isPlayable) return t.videos.playableWaiting
    return open.map(unusualWait).find((wait) => wait !== undefined) ?? t.videos.waiting
  }
  if (isPlayable) return t.videos.playable(open.length)
  return t.videos.jobsDone(video.jobs.length - open.length, video.jobs.length)
}

/** `Captions, 720p failed`, or undefined when nothing has failed that was not made later. */
export const failuresOf = (video: Video): string | undefined => {
  const failed = new Set(currentJobs(video).filter(isFailed).map(jobName))
  return failed.size === 0 ? undefined : t.videos.failedOf([...failed].join(", "))
}

const outcome = (video: Video) => {
  const { captions, files, live, webVideos } = video
  if (live !== null && playedFrom(video) === null) {
    return live.replay ? t.videos.replayFailed : t.videos.endedWithoutReplay
  }
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  return [
    ...(files.length > 0 ? [t.videos.renditions(files.length, size(bytes))] : []),
    ...(files.length === 0 && webVideos.length > 0 ? [t.videos.progressive(webVideos.length)] : []),
    ...(captions.length > 0 ? [t.videos.captionsIn(captions.map(({ label }) => label).join(", "))] : [])
  ].join("; ")
}

/** The state of the video as a short text. */
export const summaryOf = (video: Video): string => {
  if (isLive(video)) return broadcastOf(video)
  if (video.state.id === VideoState.toEdit) {
    return editOf(video)?.runner == null ? t.videos.editWaiting : t.videos.editing
  }
  return isSettled(video) ? outcome(video) : ongoing(video)
}

/** The announcement for screen readers when the video has changed. */
export const newsOf = (before: Video, after: Video): string | undefined => {
  const { news } = t.videos
  const text = (() => {
    if (!isOnAir(before) && isOnAir(after)) return news.onAir
    if (isLive(before) && !isLive(after)) return news.ended
    if (before.captions.length < after.captions.length) return news.captions
    if (!isSettled(before) && isSettled(after)) {
      if (after.state.id === VideoState.failed) return news.failed
      return currentJobs(after).some(isFailed) ? news.partly : news.ready
    }
    return playedFrom(before) === null && playedFrom(after) !== null ? news.playable : undefined
  })()
  return text === undefined ? undefined : `${titleOf(after)}: ${text}`
}
