import { DateTime, Option, Order } from "effect"
import type { Video } from "../../domain/video/Video.ts"
import type { Page } from "../PersistenceError.ts"
import type { VideoColumn, VideoFilter } from "../VideoStore.ts"
import { holds, pageAfter } from "./pages.ts"

type VideoOrder = Order.Order<Video>

const titleOf = ({ fileName, title }: Video): string =>
  Option.getOrElse(
    Option.orElse(title, () => fileName),
    () => ""
  ).toLowerCase()

const ascending: Readonly<Record<VideoColumn, VideoOrder>> = {
  createdAt: Order.mapInput(DateTime.Order, (video) => video.createdAt),
  updatedAt: Order.mapInput(DateTime.Order, (video) => video.updatedAt),
  title: Order.mapInput(Order.string, titleOf)
}

const orderOf = ({ sort }: VideoFilter): VideoOrder | undefined => {
  if (sort === undefined) return undefined
  return sort.descending ? Order.reverse(ascending[sort.by]) : ascending[sort.by]
}

const matches =
  ({ live, states, text }: VideoFilter) =>
  (video: Video): boolean =>
    (states === undefined || states.includes(video.state)) &&
    (live === undefined || Option.isSome(video.live) === live) &&
    (text === undefined ||
      video.id === text.toLowerCase() ||
      [video.title, video.fileName, video.externalId].some(Option.exists((searched) => holds(text, searched))))

/** The videos that match the filter. */
export const listVideos = (videos: Iterable<Video>, filter: VideoFilter): Page<Video> =>
  pageAfter(Array.from(videos).filter(matches(filter)), filter, orderOf(filter))
