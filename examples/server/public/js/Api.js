import { ApiError } from "./Problem.js"
import { request, videoPage } from "./Request.js"
import { sendForm } from "./SendForm.js"
import { readWithToken, withToken } from "./Token.js"

/** @typedef {import("./Video.js").Video} Video */

/** Maximum page size of the list. */
const LONGEST_PAGE = 100
const NOT_FOUND = 404

/**
 * Removes the origin of a URL. The server's configured origin may differ from the one in the browser, and the policy
 * of the page allows only the latter.
 * @template {string | null} A
 * @param {A} address
 * @returns {A}
 */
const here = (address) => {
  if (address === null) return address
  const { pathname, search } = new URL(address, location.href)
  return /** @type {A} */ (`${pathname}${search}`)
}

/**
 * @param {Video} video
 * @returns {Video}
 */
const reachable = (video) => ({
  ...video,
  thumbnailUrl: here(video.thumbnailUrl),
  playlistUrl: here(video.playlistUrl),
  webVideos: video.webVideos.map((file) => ({ ...file, url: here(file.url) })),
  captions: video.captions.map((caption) => ({ ...caption, url: here(caption.url) })),
  storyboard: video.storyboard === null ? null : { trackUrl: here(video.storyboard.trackUrl) }
})

/**
 * Returns the newest videos, up to the given number, and the total.
 * @param {number} wanted
 * @returns {Promise<{ total: number, videos: ReadonlyArray<Video> }>}
 */
export const newestVideos = async (wanted) => {
  // A new video between two pages shifts the second one. Keyed by id, no video is listed twice.
  /** @type {Map<string, Video>} */
  const videos = new Map()
  let start = 0
  let total = 0
  do {
    const count = Math.min(wanted - start, LONGEST_PAGE)
    const page = { start, count }
    const answer = await readWithToken((headers) => videoPage({ ...page, headers }))
    for (const video of answer.data) videos.set(video.uuid, reachable(video))
    total = answer.total
    start += count
  } while (start < Math.min(wanted, total))
  return { total, videos: [...videos.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)) }
}

/**
 * Deletes a video. A missing video is not an error.
 * @param {string} uuid
 */
export const deleteVideo = (uuid) =>
  withToken((headers) => request(`/videos/${encodeURIComponent(uuid)}`, { method: "DELETE", headers })).catch(
    (error) => {
      if (!(error instanceof ApiError) || error.status !== NOT_FOUND) throw error
    }
  )

/**
 * Retries a job, and the jobs that ended because of it.
 * @param {string} uuid
 */
export const retryJob = (uuid) =>
  withToken((headers) => request(`/jobs/${encodeURIComponent(uuid)}/retry`, { method: "POST", headers }))

/**
 * Creates the missing renditions of a video.
 * @param {string} uuid
 * @returns {Promise<number>} the number of new jobs
 */
export const ensureRenditions = async (uuid) => {
  const path = `/videos/${encodeURIComponent(uuid)}/renditions`
  return JSON.parse(await withToken((headers) => request(path, { method: "POST", headers }))).jobs.length
}

/**
 * Requests captions.
 * @param {string} uuid
 */
export const transcribeVideo = (uuid) =>
  withToken((headers) => request(`/videos/${encodeURIComponent(uuid)}/transcript`, { method: "POST", headers }))

/**
 * Requests an edit and uploads its files.
 * @param {string} uuid
 * @param {FormData} form
 * @param {Omit<import("./SendForm.js").SendOptions, "headers">} options
 */
export const editVideo = (uuid, form, options) =>
  withToken((headers) => sendForm(`/videos/${encodeURIComponent(uuid)}/edit`, form, { ...options, headers }))

/**
 * Starts a live. The server probes the stream first, which takes some seconds.
 * @param {{ rtmpUrl: string, replay: boolean, title?: string }} live
 * @param {AbortSignal} signal
 */
export const startLive = (live, signal) =>
  withToken((headers) =>
    request("/lives", {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(live),
      signal
    })
  )

/**
 * Ends a live.
 * @param {string} uuid
 */
export const stopLive = (uuid) =>
  withToken((headers) => request(`/lives/${encodeURIComponent(uuid)}/stop`, { method: "POST", headers }))
