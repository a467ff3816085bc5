import { useEffect, useRef, useState } from "preact/hooks"
import type { Video } from "../api/documents.ts"
import { createMedia, endMedia, type Media } from "../player/media.ts"
import type { Part } from "../state/edit.ts"
import { playedFrom } from "../state/video.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Icon } from "../ui/icons.tsx"

/** The last picture of a part begins before its end. */
const BEFORE_END = 0.05

const sourceOf = (video: Video) => ({
  url: playedFrom(video) ?? "",
  isPlaylist: video.playlistUrl !== null,
  isLive: false,
  poster: video.thumbnailUrl,
  previews: null,
  captions: []
})

/** A media element without controls. */
const useMedia = (video: Video, onFailure: (message: string) => void) => {
  const box = useRef<HTMLDivElement>(null)
  const media = useRef<Media>()
  useEffect(() => {
    const element = createMedia({ source: sourceOf(video), at: 0, autoplay: false, onFailure })
    media.current = element
    box.current?.prepend(element)
    return () => {
      media.current = undefined
      endMedia(element)
    }
  }, [video.uuid])
  return { box, media }
}

/** Plays from the start of the part to its end. Timers would stop up to a quarter of a second too late. */
const usePlayback = (media: { readonly current: Media | undefined }, part: Part) => {
  const [isPlaying, setPlaying] = useState(false)
  useEffect(() => {
    const element = media.current
    if (!isPlaying || element === undefined) return
    let frame = requestAnimationFrame(function watch() {
      if (element.currentTime >= part.end || element.ended) setPlaying(false)
      else frame = requestAnimationFrame(watch)
    })
    element.currentTime = part.start
    void element.play().catch(() => setPlaying(false))
    return () => {
      cancelAnimationFrame(frame)
      element.pause()
    }
  }, [isPlaying, part.start, part.end])
  return [isPlaying, setPlaying] as const
}

interface Props {
  readonly video: Video
  readonly part: Part
  /** The end that was moved last. */
  readonly moved: keyof Part
}

/** Shows the picture at the end that was moved last, and plays the part before it is sent. */
export const PartPreview = ({ moved, part, video }: Props) => {
  const [failure, setFailure] = useState("")
  const { box, media } = useMedia(video, setFailure)
  const [isPlaying, setPlaying] = usePlayback(media, part)
  const at = moved === "start" ? part.start : Math.max(part.start, part.end - BEFORE_END)
  useEffect(() => {
    if (media.current !== undefined && !isPlaying) media.current.currentTime = at
  }, [at, isPlaying])
  return (
    <div class="part-preview" ref={box} data-playing={isPlaying}>
      <Button look="small" data-action="preview" onClick={() => setPlaying(!isPlaying)}>
        <Icon name={isPlaying ? "pause" : "play"} />
        {isPlaying ? t.actions.stop : t.edit.preview}
      </Button>
      {failure === "" ? null : <p class="error">{failure}</p>}
    </div>
  )
}
