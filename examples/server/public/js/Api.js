import { ApiError } from "./Problem.js"
import { request, videoPage } from "./Request.js"
import { sendForm } from "./SendForm.js"
import { tokenHeaders, withToken } from "./Token.js"

/** @typedef {import("./Video.js").Video} Video */

/** No page of the list is longer than this. */
const LONGEST_PAGE = 100
const NOT_FOUND = 404

/**
 * The server may know itself by another name than the one that led the user here, and the page may load from the
 * latter only: what counts of an address is what follows the host.
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
 * The newest videos, at most as many as asked for, and how many there are in all.
 * @param {number} wanted
 * @returns {Promise<{ total: number, videos: ReadonlyArray<Video> }>}
 */
export const newestVideos = async (wanted) => {
  // A video handed in between two pages shifts the second one: by id, so that none is listed twice.
  /** @type {Map<string, Video>} */
  const videos = new Map()
  let start = 0
  let total = 0
  do {
    const count = Math.min(wanted - start, LONGEST_PAGE)
    const answer = await videoPage({ start, count, headers: tokenHeaders() })
    for (const video of answer.data) videos.set(video.uuid, reachable(video))
    total = answer.total
    start += count
  } while (start < Math.min(wanted, total))
  return { total, videos: [...videos.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)) }
}

/**
 * Deletes a video; one that is gone already is no error.
 * @param {string} uuid
 */
export const deleteVideo = (uuid) =>
  withToken((headers) => request(`/videos/${encodeURIComponent(uuid)}`, { method: "DELETE", headers })).catch(
    (error) => {
      if (!(error instanceof ApiError) || error.status !== NOT_FOUND) throw error
    }
  )

/**
 * Has a job tried again, and with it what ended because it did.
 * @param {string} uuid
 */
export const retryJob = (uuid) =>
  withToken((headers) => request(`/jobs/${encodeURIComponent(uuid)}/retry`, { method: "POST", headers }))

/**
 * Has the renditions made that a video lacks.
 * @param {string} uuid
 * @returns {Promise<number>} how many
 */
export const ensureRenditions = async (uuid) => {
  const path = `/videos/${encodeURIComponent(uuid)}/renditions`
  return JSON.parse(await withToken((headers) => request(path, { method: "POST", headers }))).jobs.length
}

/**
 * Asks for captions.
 * @param {string} uuid
 */
export const transcribeVideo = (uuid) =>
  withToken((headers) => request(`/videos/${encodeURIComponent(uuid)}/transcript`, { method: "POST", headers }))

/**
 * Asks for an edit, and brings the files for it.
 * @param {string} uuid
 * @param {FormData} form
 * @param {Omit<import("./SendForm.js").SendOptions, "headers">} options
 */
export const editVideo = (uuid, form, options) =>
  withToken((headers) => sendForm(`/videos/${encodeURIComponent(uuid)}/edit`, form, { ...options, headers }))

/**
 * Starts a live. The server looks at the stream first, which takes its time.
 * @param {{ rtmpUrl: string, replay: boolean }} live
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
