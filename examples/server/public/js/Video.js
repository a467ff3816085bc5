import { counted, size } from "./Format.js"
import { afterwordOf, broadcastOf, isBroadcast, isLive, isOnAir, newsOfLive } from "./Live.js"

/** @typedef {import("./Documents.js").Video} Video */
/** @typedef {import("./Documents.js").VideoFile} VideoFile */
/** @typedef {import("./Documents.js").Job} Job */
/** @typedef {import("./Documents.js").Attempt} Attempt */

/** State ids of a video. */
export const VideoState = /** @type {const} */ ({
  published: 1,
  toTranscode: 2,
  toImport: 3,
  waitingForLive: 4,
  liveEnded: 5,
  failed: 7,
  toEdit: 9
})

/** @type {ReadonlySet<number>} */
const inTheMaking = new Set([VideoState.toTranscode, VideoState.waitingForLive, VideoState.toEdit])

/** State ids of a job. */
export const JobState = /** @type {const} */ ({
  pending: 1,
  processing: 2,
  completed: 3,
  errored: 4,
  waiting: 5,
  cancelled: 6,
  parentErrored: 7,
  parentCancelled: 8,
  completing: 9
})

/** @type {ReadonlySet<number>} */
const openStates = new Set([JobState.pending, JobState.processing, JobState.waiting, JobState.completing])
/** @type {ReadonlySet<number>} */
const failedStates = new Set([JobState.errored, JobState.parentErrored])

/** @param {Job} job */
export const isOpen = (job) => openStates.has(job.state.id)

/** @param {Job} job */
export const isFailed = (job) => failedStates.has(job.state.id)

/**
 * Whether the job itself can be retried. Jobs that ended because of another job are retried with that one.
 * @param {Job} job
 */
export const isRetryable = (job) =>
  !isBroadcast(job) && (job.state.id === JobState.errored || job.state.id === JobState.cancelled)

/** @param {Job} job */
const isLost = (job) => !isOpen(job) && job.state.id !== JobState.completed

/**
 * The relevant jobs: all except failed jobs that a later job has replaced.
 * @param {Video} video
 * @returns {ReadonlyArray<Job>}
 */
export const currentJobs = ({ jobs }) =>
  jobs.filter(
    (job, index) =>
      !isLost(job) || !jobs.slice(index + 1).some((_) => _.type === job.type && _.resolution === job.resolution)
  )

/**
 * Whether a failed job has no replacement.
 * @param {Video} video
 */
export const hasFailures = (video) => currentJobs(video).some(isFailed)

/**
 * Whether a rendition is missing and not in progress.
 * @param {Video} video
 */
export const isIncomplete = (video) =>
  isSettled(video) &&
  (video.state.id === VideoState.failed || currentJobs(video).some((job) => isLost(job) && job.resolution !== null))

/**
 * Whether the job is processing or completing.
 * @param {Job} job
 */
const isMoving = (job) => job.state.id === JobState.processing || job.state.id === JobState.completing

/**
 * Whether no further change of the video is expected.
 * @param {Video} video
 */
export const isSettled = (video) => !inTheMaking.has(video.state.id) && !video.jobs.some(isOpen)

const started = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })
/** The server's default name of a live. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** @param {Video} video */
const editOf = ({ jobs }) => jobs.find((job) => job.type === "video-studio-transcoding" && isOpen(job))

/**
 * The total progress in percent. During an edit only the edit counts, because all renditions are recreated afterwards.
 * @param {Video} video
 */
export const progressOf = (video) =>
  video.state.id === VideoState.toEdit ? (editOf(video)?.progress ?? 0) : video.progress

/**
 * The name of the video, or its id when it has none.
 * @param {Video} video
 */
export const titleOf = ({ createdAt, live, name, uuid }) => {
  if (live !== null && UUID.test(name ?? uuid)) return `Live of ${started.format(new Date(createdAt))}`
  return name === null || name.trim() === "" ? uuid : name
}

/**
 * The URL for playback: the playlist, or the largest progressive file.
 * @param {Video} video
 * @returns {string | null}
 */
export const playedFrom = ({ playlistUrl, webVideos }) =>
  playlistUrl ?? [...webVideos].sort((a, b) => b.resolution - a.resolution)[0]?.url ?? null

/**
 * The label of its state. A live on air has its own label, as has a video whose media lie elsewhere.
 * @param {Video} video
 */
export const stateOf = (video) => {
  if (isOnAir(video)) return "On air"
  return video.state.id === VideoState.toImport ? "Captions only" : video.state.label
}

/**
 * `720p`, or `Audio` for audio only.
 * @param {number} resolution
 */
export const resolutionName = (resolution) => (resolution === 0 ? "Audio" : `${resolution}p`)

/** @param {Video} video */
const editing = (video) => (editOf(video)?.runner == null ? "Waiting for a runner to edit it" : "Editing")

/** @param {Video} video */
const ongoing = (video) => {
  const { jobs } = video
  const open = jobs.filter(isOpen)
  const isPlayable = playedFrom(video) !== null
  if (open.length === 0) return "Preparing"
  if (!open.some(isMoving)) return isPlayable ? "Playable, more renditions wait for a runner" : "Waiting for a runner"
  if (isPlayable) return `Playable; ${counted(open.length, "job")} to go`
  return `${jobs.length - open.length} of ${counted(jobs.length, "job")} done`
}

/** @param {Video} video */
const outcome = (video) => {
  const { captions, files, live, webVideos } = video
  if (live !== null && playedFrom(video) === null) return afterwordOf(video)
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const failed = currentJobs(video).filter(isFailed).length
  return [
    ...(files.length > 0 ? [`${counted(files.length, "rendition")}, ${size(bytes)}`] : []),
    ...(files.length === 0 && webVideos.length > 0 ? [counted(webVideos.length, "progressive file")] : []),
    ...(captions.length > 0 ? [`captions in ${captions.map(({ label }) => label).join(", ")}`] : []),
    ...(failed > 0 ? [`${counted(failed, "job")} failed`] : [])
  ].join("; ")
}

/**
 * The state of the video, as a short text.
 * @param {Video} video
 */
export const summaryOf = (video) => {
  if (isLive(video)) return broadcastOf(video)
  if (video.state.id === VideoState.toEdit) return editing(video)
  return isSettled(video) ? outcome(video) : ongoing(video)
}

/**
 * The announcement for screen readers when the video has changed.
 * @param {Video} before
 * @param {Video} after
 * @returns {string | undefined}
 */
export const newsOf = (before, after) => {
  const title = titleOf(after)
  if (before.live !== null || isLive(after)) {
    const news = newsOfLive(before, after)
    if (news !== undefined) return `${title}: ${news}`
  }
  if (before.captions.length < after.captions.length) return `${title} has captions.`
  if (!isSettled(before) && isSettled(after)) {
    if (after.state.id === VideoState.failed) return `${title}: transcoding failed.`
    return hasFailures(after) ? `${title}: finished, but some jobs failed.` : `${title}: all renditions are ready.`
  }
  return playedFrom(before) === null && playedFrom(after) !== null ? `${title} can be played.` : undefined
}
