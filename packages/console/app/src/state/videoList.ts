import { useEffect, useMemo, useReducer } from "preact/hooks"
import { ApiError } from "../api/client.ts"
import type { StreamEvent, Video, VideoQuery } from "../api/documents.ts"
import { onEvents } from "../api/stream.ts"
import { getVideo, listVideos } from "../api/videos.ts"
import { announce } from "./news.ts"
import { newsOf } from "./video.ts"

const PAGE = 60
/** Pages that are read at the same time. */
const AT_ONCE = 2
/** Events come in groups: one upload makes a dozen. */
const GROUPED = 250

/** A long list on the server. Pages are read when they come into view, and single videos when they change. */
export class VideoList {
  total: number | undefined
  error: Error | undefined
  readonly #videos: Array<Video | undefined> = []
  readonly #pages = new Set<number>()
  readonly #changed = new Set<string>()
  readonly #abort = new AbortController()
  readonly #query: VideoQuery
  readonly #render: () => void
  #inView: readonly [number, number] = [0, PAGE]
  #reading = 0
  #isOutdated = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(query: VideoQuery, render: () => void) {
    this.#query = query
    this.#render = render
  }

  at(index: number): Video | undefined {
    return this.#videos[index]
  }

  /** The ids of the videos in their order, undefined where no video was read. */
  ids(): ReadonlyArray<string | undefined> {
    return Array.from(this.#videos, (video) => video?.uuid)
  }

  /** Reads the pages between two rows that were not read yet. Pages that leave the view before their turn are not read. */
  show(from: number, to: number): void {
    this.#inView = [from, to]
    this.#fill()
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

  #fill(): void {
    const page = this.#reading < AT_ONCE ? this.#missing() : undefined
    if (page === undefined) return
    this.#reading += 1
    void this.#read(page).then((isRead) => {
      this.#reading -= 1
      // A page that could not be read is tried again with the next movement or event.
      if (isRead) this.#fill()
    })
    this.#fill()
  }

  /** The first page in view that was not read. */
  #missing(): number | undefined {
    const [from, to] = this.#inView
    const end = Math.min(to, Math.max(this.total ?? to, 1))
    for (let page = Math.floor(from / PAGE); page * PAGE < end; page += 1) if (!this.#pages.has(page)) return page
    return undefined
  }

  /** Returns whether the page was read. */
  async #read(page: number): Promise<boolean> {
    this.#pages.add(page)
    try {
      const { data, total } = await listVideos(page * PAGE, PAGE, this.#query, this.#abort.signal)
      this.total = total
      this.#videos.length = Math.min(this.#videos.length, total)
      data.forEach((video, index) => this.#put(page * PAGE + index, video))
      this.error = undefined
    } catch (error) {
      if (this.#abort.signal.aborted) return false
      this.#pages.delete(page)
      this.error = error as Error
    }
    this.#render()
    return this.error === undefined
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
      this.#fill()
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

/** A list as it is now. Another object after each change, because components with equal properties are not rendered again. */
export interface ShownVideos extends Pick<VideoList, "total" | "error"> {
  readonly list: VideoList
}

/** The videos of a query, kept up to date by the stream of events. */
export const useVideoList = (query: VideoQuery): ShownVideos => {
  const [version, render] = useReducer((version: number) => version + 1, 0)
  const list = useMemo(() => new VideoList(query, () => render(undefined)), [query])
  useEffect(() => {
    list.show(0, PAGE)
    const end = onEvents((event) => list.hear(event))
    return () => {
      end()
      list.close()
    }
  }, [list])
  return useMemo(() => ({ list, total: list.total, error: list.error }), [list, version])
}
