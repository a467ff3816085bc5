import { counted, size } from "./Format.js"

/**
 * What the server says of a video, a job and a file.
 * @typedef {{ id: number, label: string }} State
 *
 * @typedef {object} Attempt
 * @property {string} runner
 * @property {string | null} version
 * @property {string} startedAt ISO 8601
 * @property {string | null} endedAt null while it lasts
 * @property {string | null} outcome
 * @property {string | null} message
 *
 * @typedef {object} Job
 * @property {string} uuid
 * @property {string} type
 * @property {State} state
 * @property {number | null} progress 0 to 100
 * @property {number} failures
 * @property {string | null} error
 * @property {number | null} resolution 0 is sound alone
 * @property {{ id: number, name: string } | null} runner
 * @property {ReadonlyArray<Attempt>} attempts the first one first
 * @property {string | null} waitingFor why nobody works on it
 * @property {string | null} retryAt ISO 8601; not to be tried before
 *
 * @typedef {object} VideoFile
 * @property {number} resolution 0 is sound alone
 * @property {number} fps
 * @property {number} width
 * @property {number} height
 * @property {number} size bytes
 * @property {string} url
 * @property {string} playlistUrl
 *
 * @typedef {object} Video
 * @property {string} uuid
 * @property {string | null} name
 * @property {State} state
 * @property {number | null} duration seconds
 * @property {string | null} thumbnailUrl
 * @property {string | null} playlistUrl
 * @property {ReadonlyArray<VideoFile>} files
 * @property {ReadonlyArray<Job>} jobs
 * @property {number | null} progress 0 to 100
 * @property {string} createdAt ISO 8601
 */

/** Numbers of the states of a video. */
export const VideoState = /** @type {const} */ ({ published: 1, toTranscode: 2, failed: 7 })

/** Numbers of the states of a job. */
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
 * Whether the job can be tried again by itself; what ended with another one goes on with that one.
 * @param {Job} job
 */
export const isRetryable = (job) => job.state.id === JobState.errored || job.state.id === JobState.cancelled

/** @param {Job} job */
const isLost = (job) => !isOpen(job) && job.state.id !== JobState.completed

/**
 * The jobs that count: those that came to nothing do not when another one was made later in their place.
 * @param {Video} video
 * @returns {ReadonlyArray<Job>}
 */
export const currentJobs = ({ jobs }) =>
  jobs.filter(
    (job, index) =>
      !isLost(job) || !jobs.slice(index + 1).some((_) => _.type === job.type && _.resolution === job.resolution)
  )

/**
 * Whether something failed that nothing was made in the place of.
 * @param {Video} video
 */
export const hasFailures = (video) => currentJobs(video).some(isFailed)

/**
 * Whether there is something to be made that is not being made.
 * @param {Video} video
 */
export const isIncomplete = (video) =>
  isSettled(video) && (video.state.id === VideoState.failed || currentJobs(video).some(isLost))

/**
 * Whether a runner, or the server that stores its result, is at work on the job.
 * @param {Job} job
 */
const isMoving = (job) => job.state.id === JobState.processing || job.state.id === JobState.completing

/**
 * Whether nothing more will happen to the video by itself.
 * @param {Video} video
 */
export const isSettled = (video) => video.state.id !== VideoState.toTranscode && !video.jobs.some(isOpen)

/**
 * What the user calls the video; its id when it has no name.
 * @param {Video} video
 */
export const titleOf = (video) => (video.name === null || video.name.trim() === "" ? video.uuid : video.name)

/**
 * `720p`; `Audio` for sound alone.
 * @param {number} resolution
 */
export const resolutionName = (resolution) => (resolution === 0 ? "Audio" : `${resolution}p`)

/** @param {Video} video */
const ongoing = ({ jobs, playlistUrl }) => {
  const open = jobs.filter(isOpen)
  if (open.length === 0) return "Being prepared"
  if (!open.some(isMoving))
    return playlistUrl === null ? "Waiting for a runner" : "Playable; the rest waits for a runner"
  if (playlistUrl !== null) return `Playable; ${counted(open.length, "job")} to go`
  return `${jobs.length - open.length} of ${counted(jobs.length, "job")} done`
}

/** @param {Video} video */
const outcome = (video) => {
  const { files } = video
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const failed = currentJobs(video).filter(isFailed).length
  return [
    ...(files.length > 0 ? [`${counted(files.length, "rendition")}, ${size(bytes)}`] : []),
    ...(failed > 0 ? [`${counted(failed, "job")} failed`] : [])
  ].join("; ")
}

/**
 * Where the video stands, in a few words.
 * @param {Video} video
 */
export const summaryOf = (video) => (isSettled(video) ? outcome(video) : ongoing(video))

/**
 * What somebody who cannot see the bars would want to hear of, given the video as it was shown before.
 * @param {Video} before
 * @param {Video} after
 * @returns {string | undefined}
 */
export const newsOf = (before, after) => {
  const title = titleOf(after)
  if (!isSettled(before) && isSettled(after)) {
    if (after.state.id === VideoState.failed) return `${title}: transcoding failed.`
    return hasFailures(after) ? `${title}: finished, but some jobs failed.` : `${title}: all renditions are ready.`
  }
  return before.playlistUrl === null && after.playlistUrl !== null ? `${title} can be played.` : undefined
}
