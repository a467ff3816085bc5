import { counted, size } from "./Format.js"

/**
 * What the server says of a video, a job and a file.
 * @typedef {{ id: number, label: string }} State
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
const outcome = ({ files, jobs }) => {
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const failed = jobs.filter(isFailed).length
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
    return after.jobs.some(isFailed)
      ? `${title}: finished, but some jobs failed.`
      : `${title}: all renditions are ready.`
  }
  return before.playlistUrl === null && after.playlistUrl !== null ? `${title} can be played.` : undefined
}
