/** @typedef {import("./Documents.js").Video} Video */
/** @typedef {import("./Documents.js").Job} Job */

const LIVE_JOB = "live-rtmp-hls-transcoding"

/**
 * Whether the job is a live. Lives are not retried and have no percentage.
 * @param {Job} job
 */
export const isBroadcast = ({ type }) => type === LIVE_JOB

/**
 * Whether the video is a live that has not ended.
 * @param {Video} video
 */
export const isLive = ({ live }) => live !== null && live.state !== "ended"

/**
 * Whether the video is a live that can be played now.
 * @param {Video} video
 */
export const isOnAir = (video) => isLive(video) && video.playlistUrl !== null

/**
 * The state of an active live, as a short text.
 * @param {Video} video
 */
export const broadcastOf = ({ jobs, live }) => {
  if (live?.state === "running") return live.replay ? "On air, with replay" : "On air"
  if (live?.state === "stopping") return "Stopping the runner"
  return jobs.some((job) => isBroadcast(job) && job.runner !== null) ? "Waiting for the stream" : "Waiting for a runner"
}

/**
 * The outcome of an ended live without a replay.
 * @param {Video} video
 */
export const afterwordOf = ({ live }) => (live?.replay ? "Ended, the replay failed" : "Ended, without replay")

/**
 * The announcement for screen readers when the state of the live has changed.
 * @param {Video} before
 * @param {Video} after
 * @returns {string | undefined}
 */
export const newsOfLive = (before, after) => {
  if (!isOnAir(before) && isOnAir(after)) return "The live is on air."
  return isLive(before) && !isLive(after) ? "The live has ended." : undefined
}
