import { place } from "../site.ts"
import { client } from "./client.ts"
import type { Video, VideoQuery } from "./documents.ts"

/**
 * Removes the origin of a URL of the server. Its configured origin may differ from the one in the browser, and the policy of
 * the page allows only the latter. URLs of a bucket stay as they are.
 */
const here = <A extends string | null>(address: A): A => {
  if (address === null) return address
  const { origin, pathname, search } = new URL(address, location.href)
  return place.mediaOrigins.includes(origin) ? address : (`${pathname}${search}` as A)
}

const withUrl = <A extends { readonly url: string | null }>(one: A): A => ({ ...one, url: here(one.url) })

const reachable = (video: Video): Video => ({
  ...video,
  thumbnailUrl: here(video.thumbnailUrl),
  playlistUrl: here(video.playlistUrl),
  files: video.files.map(withUrl),
  webVideos: video.webVideos.map(withUrl),
  captions: video.captions.map(withUrl),
  storyboard: video.storyboard && { ...withUrl(video.storyboard), trackUrl: here(video.storyboard.trackUrl) }
})

export const listVideos = async (start: number, count: number, query: VideoQuery, signal?: AbortSignal) => {
  const { data, total } = await client.listVideos({ query: { start, count, ...query }, signal })
  return { total, data: data.map(reachable) }
}

export const getVideo = async (uuid: string, signal?: AbortSignal): Promise<Video> =>
  reachable(await client.getVideo({ params: { uuid }, signal }))

/** The absolute address of the page of a video. */
export const shareUrl = (uuid: string): string => new URL(`${place.home}/v/${uuid}`, location.href).href
