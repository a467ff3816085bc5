import { useEffect, useRef } from "preact/hooks"
import type { Video } from "../api/documents.ts"
import { getVideo } from "../api/videos.ts"
import { announce } from "./news.ts"
import { type Resource, useResource } from "./resource.ts"
import { newsOf } from "./video.ts"

/** A video that is kept up to date. */
export const useVideo = (uuid: string): Resource<Video> => {
  const video = useResource(
    `video ${uuid}`,
    (signal) => getVideo(uuid, signal),
    ({ videoId }) => videoId === uuid
  )
  const before = useRef<Video>()
  useEffect(() => {
    const news =
      video.data !== undefined && before.current?.uuid === video.data.uuid
        ? newsOf(before.current, video.data)
        : undefined
    before.current = video.data
    if (news !== undefined) announce(news)
  }, [video.data])
  return video
}
