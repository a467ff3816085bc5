import { useQueries } from "@tanstack/preact-query"
import { useState } from "preact/hooks"
import type { StreamEvent, Video, VideoQuery } from "../api/documents.ts"
import { getVideo, listVideos } from "../api/videos.ts"
import { announce } from "./news.ts"
import { onChanges, queries } from "./resource.ts"
import { newsOf } from "./video.ts"

/** Videos of one request. */
export const PAGE = 60
/** Milliseconds for which a page out of view is kept. */
const KEPT = 600_000

type Page = Awaited<ReturnType<typeof listVideos>>

/** A long list on the server, as far as it was read. */
export interface VideoList {
  /** Undefined until it is known. */
  readonly total: number | undefined
  readonly error: Error | undefined
  /** The videos by their places. Undefined where none was read. */
  readonly videos: ReadonlyArray<Video | undefined>
  /** Reads these pages. Requests for others end. */
  readonly show: (first: number, last: number) => void
}

const changesList = ({ type }: StreamEvent) => type === "video.created" || type === "video.deleted"

const pageOptions = (query: VideoQuery, page: number) => ({
  queryKey: ["videos", JSON.stringify(query), page],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => listVideos(page * PAGE, PAGE, query, signal),
  gcTime: KEPT,
  staleTime: Number.POSITIVE_INFINITY,
  meta: { concerns: changesList }
})

const inView = { queryKey: ["videos"], type: "active" } as const

/** Reads a video of the pages in view again. */
const readAgain = async (uuid: string) => {
  const videos = queries.getQueriesData<Page>(inView).flatMap(([, page]) => page?.data ?? [])
  const before = videos.find((video) => video.uuid === uuid)
  const after = before && (await getVideo(uuid).catch(() => undefined))
  if (before === undefined || after === undefined) return
  const news = newsOf(before, after)
  if (news !== undefined) announce(news)
  queries.setQueriesData<Page>(
    inView,
    (page) => page && { ...page, data: page.data.map((video) => (video.uuid === uuid ? after : video)) }
  )
}

onChanges((events) => {
  const changed = new Set(events.flatMap((event) => event?.videoId ?? []))
  for (const uuid of changed) void readAgain(uuid)
  // Other pages are read again when they come into view.
  if (changed.size > 0) void queries.invalidateQueries({ ...inView, type: "inactive" })
})

/** The videos of a query, kept up to date by the stream of events. Pages are read when they come into view. */
export const useVideoList = (query: VideoQuery): VideoList => {
  const [[first, last], setPages] = useState<readonly [number, number]>([0, 0])
  const wanted = Array.from({ length: last - first + 1 }, (_, index) => pageOptions(query, first + index))
  const shown = useQueries({ queries: wanted }, queries)
  const total = shown.find(({ data }) => data !== undefined)?.data?.total
  const known = queries.getQueriesData<Page>({ queryKey: ["videos", JSON.stringify(query)] })
  const videos: Array<Video | undefined> = []
  for (const [[, , page], read] of known) {
    for (const [index, video] of (read?.data ?? []).entries()) videos[Number(page) * PAGE + index] = video
  }
  const count = total ?? known.find(([, read]) => read !== undefined)?.[1]?.total
  return {
    total: count,
    error: shown.find(({ error }) => error !== null)?.error ?? undefined,
    videos: Array.from(videos.slice(0, count)),
    show: (first, last) => setPages([first, last])
  }
}
