import { Hls } from "hls-video-element"
import type { Caption } from "../api/documents.ts"
import { place } from "../site.ts"
import { t } from "../texts.ts"

export interface Source {
  readonly url: string
  readonly isPlaylist: boolean
  readonly isLive: boolean
  readonly poster: string | null
  readonly previews: string | null
  readonly captions: ReadonlyArray<Caption>
}

export interface Playing {
  readonly source: Source
  /** The position in seconds. Lives start at their end. */
  readonly at: number
  readonly autoplay: boolean
  readonly onFailure: (message: string) => void
  /** A file could not be loaded after others of the same playlist: its URL may have expired. Otherwise it fails. */
  readonly onLost?: () => void
}

/** The element of a playlist has its connection, which tells the latency of a live. */
export type Media = HTMLVideoElement & { config?: object; api?: Hls | null; nativeEl?: HTMLVideoElement }

/** The last known bandwidth, so that each playback does not start at the lowest quality. */
let bandwidth = 3_000_000

const configOf = ({ at, source }: Playing) => ({
  startPosition: source.isLive ? -1 : at,
  startLevel: -1,
  testBandwidth: false,
  abrEwmaDefaultEstimate: bandwidth,
  capLevelToPlayerSize: true,
  // A playback that falls this far behind, for example after a suspend, jumps to the live edge.
  liveSyncDurationCount: 3,
  liveMaxLatencyDurationCount: 10,
  // One minute saves memory. Lives may last for days.
  backBufferLength: source.isLive ? 60 : Number.POSITIVE_INFINITY
})

const reportErrors = (media: Media, hls: Hls, { onFailure, onLost }: Pick<Playing, "onFailure" | "onLost">) => {
  let isRecovered = false
  let hasLoaded = false
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    hasLoaded = true
  })
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !isRecovered) {
      isRecovered = true
      hls.recoverMediaError()
      return
    }
    const isNetwork = error.type === Hls.ErrorTypes.NETWORK_ERROR
    if (isNetwork && hasLoaded && error.frag !== undefined && onLost !== undefined) return onLost()
    onFailure(isNetwork ? t.watch.loadFailed : t.watch.cannotPlay)
  })
  hls.on(Hls.Events.DESTROYING, () => {
    bandwidth = hls.bandwidthEstimate || bandwidth
  })
  media.api = hls
}

const trackOf = (kind: string, src: string, label: string, language: string) =>
  Object.assign(document.createElement("track"), { kind, src, label, srclang: language })

/** Captions. The element of playlists shows them in its shadow root, which style sheets of the page do not reach. */
const captionStyle = new CSSStyleSheet()
captionStyle.replaceSync(`video::cue {
  background: rgb(0 0 0 / 72%);
  color: #fff;
  font: 500 1em / 1.35 system-ui, sans-serif;
}`)

/** Creates the element that plays the source, for a media controller. */
export const createMedia = (playing: Playing): Media => {
  const { at, autoplay, onFailure, source } = playing
  const media = document.createElement(source.isPlaylist ? "hls-video" : "video") as Media
  media.slot = "media"
  media.setAttribute("playsinline", "")
  media.setAttribute("preload", "auto")
  // Browsers load captions and previews of another origin only for such an element.
  if (place.mediaOrigins.length > 0) media.setAttribute("crossorigin", "anonymous")
  if (autoplay) media.setAttribute("autoplay", "")
  if (source.previews !== null) {
    const track = trackOf("metadata", source.previews, "thumbnails", "")
    track.default = true
    media.append(track)
  }
  if (source.isPlaylist) {
    media.config = configOf(playing)
    // The element creates its connection a moment after it has its source.
    setTimeout(() => media.api && reportErrors(media, media.api, playing))
  } else {
    for (const { label, language, url } of source.captions) {
      if (url !== null) media.append(trackOf("subtitles", url, label, language))
    }
    media.addEventListener("error", () => onFailure(t.watch.cannotPlay))
    if (at > 0) media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true })
  }
  media.src = source.url
  const styled = media.shadowRoot ?? document
  styled.adoptedStyleSheets = [captionStyle]
  return media
}

/** Ends the connection of an element that is not shown any more. */
export const endMedia = (media: Media): void => {
  media.removeAttribute("src")
  media.remove()
}
