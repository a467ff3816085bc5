/** @typedef {import("./Documents.js").Video} Video */
/** @typedef {import("./Documents.js").Job} Job */

const LIVE_JOB = "live-rtmp-hls-transcoding"

/**
 * Whether the job is a broadcast: it is not tried again, and has no percentage.
 * @param {Job} job
 */
export const isBroadcast = ({ type }) => type === LIVE_JOB

/**
 * Whether the video is a live that is not over.
 * @param {Video} video
 */
export const isLive = ({ live }) => live !== null && live.state !== "ended"

/**
 * Whether the video is a live that can be watched now.
 * @param {Video} video
 */
export const isOnAir = (video) => isLive(video) && video.playlistUrl !== null

/**
 * Where a live stands that is not over, in a few words.
 * @param {Video} video
 */
export const broadcastOf = ({ jobs, live }) => {
  if (live?.state === "running") return live.replay ? "On air, with replay" : "On air"
  if (live?.state === "stopping") return "Stopping the runner"
  return jobs.some((job) => isBroadcast(job) && job.runner !== null) ? "Waiting for the stream" : "Waiting for a runner"
}

/**
 * What became of a live that is over and has nothing to show.
 * @param {Video} video
 */
export const afterwordOf = ({ live }) => (live?.replay ? "Ended, the replay failed" : "Ended, without replay")

/**
 * What somebody who cannot see the badge would want to hear of, given the live as it was before.
 * @param {Video} before
 * @param {Video} after
 * @returns {string | undefined}
 */
export const newsOfLive = (before, after) => {
  if (!isOnAir(before) && isOnAir(after)) return "The live is on air."
  return isLive(before) && !isLive(after) ? "The live has ended." : undefined
}
