import { playDirectly } from "./DirectPlayback.js"
import { playByHls } from "./HlsPlayback.js"

/** @typedef {typeof import("/assets/hls.mjs").default} HlsClass */

/** @typedef {{ value: number, name: string }} Option one of what can be chosen; -1 is automatic, or nothing */

/**
 * @typedef {object} Source
 * @property {string} url
 * @property {boolean} isPlaylist else it is a progressive file
 * @property {boolean} isLive
 * @property {ReadonlyArray<import("./Documents.js").Caption>} captions a playlist names its own
 */

/**
 * @typedef {object} Playback A source being played in a video element.
 * @property {() => void} stop
 * @property {(value: number) => void} chooseQuality
 * @property {(value: number) => void} chooseCaptions
 * @property {() => number | null} newest seconds: where a live is now
 */

/**
 * @typedef {object} PlaybackEvents
 * @property {(qualities: ReadonlyArray<Option>) => void} onQualities
 * @property {(captions: ReadonlyArray<Option>) => void} onCaptions
 * @property {(message: string) => void} onFailure nothing more will be played without help
 */

/** @typedef {{ source: Source, at: number } & PlaybackEvents} PlaybackOptions */

const HLS_TYPE = "application/vnd.apple.mpegurl"

/** @type {Promise<HlsClass> | undefined} */
let loading

/** Loaded when the first video is played, and asked for again when that failed. */
const loadHls = () => {
  loading ??= import("/assets/hls.mjs").then(
    (module) => module.default,
    (error) => {
      loading = undefined
      throw error
    }
  )
  return loading
}

/**
 * Plays a source from a position in seconds: playlists with hls.js where the browser lets scripts feed a video,
 * everything else by the browser itself.
 * @param {HTMLVideoElement} media
 * @param {PlaybackOptions} options
 * @returns {Promise<Playback>}
 */
export const play = async (media, options) => {
  if (!options.source.isPlaylist) return playDirectly(media, options)
  const Hls = await loadHls().catch(() => undefined)
  if (Hls?.isSupported()) return playByHls(Hls, media, options)
  if (media.canPlayType(HLS_TYPE) !== "") return playDirectly(media, options)
  options.onFailure(Hls === undefined ? "The player could not be loaded." : "This browser cannot play the video.")
  return { stop: () => {}, chooseQuality: () => {}, chooseCaptions: () => {}, newest: () => null }
}
