import "media-chrome"
import "media-chrome/menu"
import { useEffect, useRef, useState } from "preact/hooks"
import type { Video } from "../api/documents.ts"
import { isLive, playedFrom, titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Controls } from "./Controls.tsx"
import { type Controller, usePlayerKeys } from "./keys.ts"
import { createMedia, endMedia, type Media, type Playing, type Source } from "./media.ts"

const pathOf = (url: string) => new URL(url, location.href).pathname

const sourceOf = (video: Video): Source | undefined => {
  const url = playedFrom(video)
  if (url === null) return undefined
  return {
    url,
    isPlaylist: video.playlistUrl !== null,
    isLive: isLive(video),
    poster: video.thumbnailUrl,
    previews: video.storyboard?.trackUrl ?? null,
    captions: video.captions
  }
}

const ratioOf = ({ files, webVideos }: Video) => {
  const file = [...files, ...webVideos].find(({ width }) => width > 0)
  return file === undefined ? "16 / 9" : `${file.width} / ${file.height}`
}

interface Loaded {
  readonly source: Source
  readonly at: number
  readonly autoplay: boolean
  readonly turn: number
}

/**
 * Which source is played. A newer playlist is used at once while nothing plays. Otherwise the current one plays to its end,
 * unless the user requests the switch, and so does a live that has ended.
 */
const useSource = (video: Video, media: { readonly current: Media | undefined }) => {
  const newest = sourceOf(video)
  const [loaded, setLoaded] = useState<Loaded | undefined>(newest && { source: newest, at: 0, autoplay: true, turn: 0 })
  const isOutdated = newest !== undefined && (loaded === undefined || pathOf(loaded.source.url) !== pathOf(newest.url))
  const load = (autoplay: boolean) => {
    if (newest === undefined) return
    const at = loaded === undefined || loaded.source.isLive ? 0 : (media.current?.currentTime ?? 0)
    setLoaded({ source: newest, at, autoplay, turn: (loaded?.turn ?? 0) + 1 })
  }
  const isIdle = media.current === undefined || (media.current.paused && !media.current.seeking)
  useEffect(() => {
    if (isOutdated && isIdle && loaded?.source.isLive !== true) load(loaded === undefined)
  })
  return { loaded, isOutdated, load }
}

const useMedia = (
  controller: { readonly current: Controller | null },
  media: { current: Media | undefined },
  loaded: Loaded | undefined,
  calls: Pick<Playing, "onFailure" | "onLost">
) =>
  useEffect(() => {
    if (loaded === undefined || controller.current === null) return
    const element = createMedia({ ...loaded, ...calls })
    media.current = element
    controller.current.prepend(element)
    return () => {
      media.current = undefined
      endMedia(element)
    }
  }, [loaded])

const Latency = ({ media }: { readonly media: { readonly current: Media | undefined } }) => {
  const [seconds, setSeconds] = useState<number>()
  useEffect(() => {
    const timer = setInterval(() => setSeconds(media.current?.api?.latency), 1000)
    return () => clearInterval(timer)
  }, [])
  return seconds ? <span>{t.player.latency(seconds.toFixed(1))}</span> : null
}

interface Props {
  readonly video: Video
  /** Reads the video again, with new URLs. */
  readonly reload: () => Promise<void>
}

/** Loads the newest URLs and continues at the same position. Returns the call that begins this. */
const useRenewal = (
  media: { readonly current: Media | undefined },
  load: (autoplay: boolean) => void,
  { reload }: Props
) => {
  const [renewed, setRenewed] = useState<{ readonly autoplay: boolean }>()
  // Behind the render with the new URLs.
  useEffect(() => {
    if (renewed !== undefined) load(renewed.autoplay)
  }, [renewed])
  return async () => {
    await reload()
    setRenewed({ autoplay: media.current?.paused === false })
  }
}

const Offer = ({ onClick, text }: { readonly text: string; readonly onClick: () => void }) => (
  <Button look="small" data-again onClick={onClick}>
    {text}
  </Button>
)

/** Plays a video, and goes on playing while it gets better and after its URLs have expired. */
export const Player = (props: Props) => {
  const { video } = props
  const controller = useRef<Controller>(null)
  const media = useRef<Media>()
  const [failure, setFailure] = useState("")
  const { isOutdated, load, loaded } = useSource(video, media)
  const renew = useRenewal(media, load, props)
  useMedia(controller, media, loaded, { onFailure: setFailure, onLost: () => void renew() })
  usePlayerKeys(() => controller.current)
  const again = () => {
    setFailure("")
    load(true)
  }
  const wasLive = loaded?.source.isLive === true
  const isOver = wasLive && !isLive(video)
  const note = isOver ? t.watch.over : failure
  const offer = isOutdated ? (isOver ? t.watch.replay : t.watch.upgrade) : failure === "" ? undefined : t.actions.retry
  return (
    <section class="player" id="player" aria-label={t.player.label}>
      <media-controller
        ref={controller}
        nohotkeys
        aria-label={titleOf(video)}
        defaultstreamtype={wasLive ? "live" : "on-demand"}
        data-live={wasLive}
        style={{ "--ratio": ratioOf(video) }}
      >
        {video.thumbnailUrl && <media-poster-image slot="poster" src={video.thumbnailUrl} />}
        <Controls />
      </media-controller>
      <div class="player-note" role="status">
        <span>{note}</span>
        {wasLive && !isOver && <Latency media={media} />}
        {offer && <Offer text={offer} onClick={again} />}
      </div>
    </section>
  )
}
