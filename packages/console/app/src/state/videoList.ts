import { useEffect, useMemo, useReducer } from "preact/hooks"
import { ApiError } from "../api/client.ts"
import type { StreamEvent, Video, VideoQuery } from "../api/documents.ts"
import { onEvents } from "../api/stream.ts"
import { getVideo, listVideos } from "../api/videos.ts"
import { announce } from "./news.ts"
import { newsOf } from "./video.ts"

const PAGE = 60
/** Events come in groups: one upload makes a dozen. */
const GROUPED = 250

/** A long list on the server. Pages are read when they come into view, and single videos when they change. */
class VideoList {
  total: number | undefined
  error: Error | undefined
  readonly #videos: Array<Video | undefined> = []
  readonly #pages = new Set<number>()
  readonly #changed = new Set<string>()
  readonly #abort = new AbortController()
  readonly #query: VideoQuery
  readonly #render: () => void
  #inView: readonly [number, number] = [0, PAGE]
  #isOutdated = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(query: VideoQuery, render: () => void) {
    this.#query = query
    this.#render = render
  }

  at(index: number): Video | undefined {
    return this.#videos[index]
  }

  /** Reads the pages between two rows that were not read yet. */
  show(from: number, to: number): void {
    this.#inView = [from, to]
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) {
      if (page > 0 && this.total !== undefined && page * PAGE >= this.total) return
      if (!this.#pages.has(page)) void this.#read(page)
    }
  }

  hear(event: StreamEvent | undefined): void {
    if (event === undefined || event.type === "video.created" || event.type === "video.deleted") this.#isOutdated = true
    else if (event.videoId !== null) this.#changed.add(event.videoId)
    else return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#refresh()
    }, GROUPED)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#abort.abort()
  }

  async #read(page: number): Promise<void> {
    this.#pages.add(page)
    try {
      const { data, total } = await listVideos(page * PAGE, PAGE, this.#query, this.#abort.signal)
      this.total = total
      this.#videos.length = Math.min(this.#videos.length, total)
      data.forEach((video, index) => this.#put(page * PAGE + index, video))
      this.error = undefined
    } catch (error) {
      if (this.#abort.signal.aborted) return
      this.#pages.delete(page)
      this.error = error as Error
    }
    this.#render()
  }

  #put(index: number, video: Video): void {
    const before = this.#videos[index]
    this.#videos[index] = video
    const news = before?.uuid === video.uuid ? newsOf(before, video) : undefined
    if (news !== undefined) announce(news)
  }

  async #refresh(): Promise<void> {
    const changed = [...this.#changed]
    this.#changed.clear()
    if (this.#isOutdated) {
      this.#isOutdated = false
      this.#pages.clear()
      this.show(...this.#inView)
      return
    }
    await Promise.all(changed.map((uuid) => this.#readOne(uuid)))
    this.#render()
  }

  async #readOne(uuid: string): Promise<void> {
    const index = this.#videos.findIndex((video) => video?.uuid === uuid)
    if (index < 0) return
    try {
      this.#put(index, await getVideo(uuid, this.#abort.signal))
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.hear(undefined)
    }
  }
}

/** The videos of a query, kept up to date by the stream of events. */
export const useVideoList = (query: VideoQuery): VideoList => {
  const [, render] = useReducer((version: number) => version + 1, 0)
  const list = useMemo(() => new VideoList(query, () => render(undefined)), [query])
  useEffect(() => {
    list.show(0, PAGE)
    const end = onEvents((event) => list.hear(event))
    return () => {
      end()
      list.close()
    }
  }, [list])
  return list
}
