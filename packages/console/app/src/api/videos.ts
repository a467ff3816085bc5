import { place } from "../site.ts"
import type { Page, Video } from "./documents.ts"
import { call, get } from "./http.ts"

export interface VideoQuery {
  readonly search?: string
  readonly stateOneOf?: ReadonlyArray<string>
  readonly sort?: string
  readonly live?: "true" | "false"
}

/**
 * Removes the origin of a URL. The server's configured origin may differ from the one in the browser, and the policy of the
 * page allows only the latter. URLs of other servers stay as they are.
 */
const here = <A extends string | null>(address: A): A => {
  if (address === null) return address
  const { pathname, search } = new URL(address, location.href)
  return `${pathname}${search}` as A
}

const reachable = (video: Video): Video => ({
  ...video,
  thumbnailUrl: here(video.thumbnailUrl),
  playlistUrl: here(video.playlistUrl),
  files: video.files.map((file) => ({ ...file, url: here(file.url) })),
  webVideos: video.webVideos.map((file) => ({ ...file, url: here(file.url) })),
  captions: video.captions.map((caption) => ({ ...caption, url: here(caption.url) })),
  storyboard:
    video.storyboard === null
      ? null
      : { ...video.storyboard, url: here(video.storyboard.url), trackUrl: here(video.storyboard.trackUrl) }
})

const pathOf = (uuid: string, rest = "") => `/videos/${encodeURIComponent(uuid)}${rest}`

export const listVideos = async (
  start: number,
  count: number,
  query: VideoQuery,
  signal?: AbortSignal
): Promise<Page<Video>> => {
  const { data, total } = await get<Page<Video>>("/videos", { start, count, ...query }, signal)
  return { total, data: data.map(reachable) }
}

export const getVideo = async (uuid: string, signal?: AbortSignal): Promise<Video> =>
  reachable(await get<Video>(pathOf(uuid), {}, signal))

export const renameVideo = (uuid: string, title: string | null): Promise<Video> =>
  call("PATCH", pathOf(uuid), { body: { title } })

export const deleteVideo = (uuid: string): Promise<void> => call("DELETE", pathOf(uuid))
export const transcribeVideo = (uuid: string): Promise<void> => call("POST", pathOf(uuid, "/transcript"))
export const cancelVideo = (uuid: string): Promise<void> => call("POST", pathOf(uuid, "/cancel"))
export const retryVideo = (uuid: string): Promise<void> => call("POST", pathOf(uuid, "/retry"))
export const stopLive = (uuid: string): Promise<void> => call("POST", `/lives/${encodeURIComponent(uuid)}/stop`)

/** Returns the number of new jobs. */
export const ensureRenditions = async (uuid: string): Promise<number> =>
  (await call<{ jobs: ReadonlyArray<unknown> }>("POST", pathOf(uuid, "/renditions"))).jobs.length

/** Starts a live. The server probes the stream first, which takes some seconds. */
export const startLive = (
  live: { readonly rtmpUrl: string; readonly replay: boolean; readonly title?: string },
  signal: AbortSignal
): Promise<{ readonly video: { readonly uuid: string } }> => call("POST", "/lives", { body: live, signal })

export const editPath = (uuid: string): string => pathOf(uuid, "/edit")

export interface Ability {
  readonly available: boolean
  readonly missing: string | null
  readonly remedy: string | null
}

export type Capabilities = Readonly<Record<"captions" | "renditions" | "editing" | "lives" | "storyboards", Ability>>

export const capabilities = (): Promise<Capabilities> => get("/capabilities")

/** The absolute address of the page of a video. */
export const shareUrl = (uuid: string): string => new URL(`${place.home}/v/${uuid}`, location.href).href
