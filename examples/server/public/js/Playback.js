import { playDirectly } from "./DirectPlayback.js"
import { playByHls } from "./HlsPlayback.js"

/** @typedef {typeof import("/assets/hls.mjs").default} HlsClass */

/** @typedef {{ value: number, name: string }} Option -1: automatic, or none */

/**
 * @typedef {object} Source
 * @property {string} url
 * @property {boolean} isPlaylist false: a progressive file
 * @property {boolean} isLive
 * @property {ReadonlyArray<import("./Documents.js").Caption>} captions for progressive files; a playlist contains its own
 */

/**
 * @typedef {object} Playback A source being played in a video element.
 * @property {() => void} stop
 * @property {(value: number) => void} chooseQuality
 * @property {(value: number) => void} chooseCaptions
 * @property {() => number | null} newest current position of a live in seconds
 */

/**
 * @typedef {object} PlaybackEvents
 * @property {(qualities: ReadonlyArray<Option>) => void} onQualities
 * @property {(captions: ReadonlyArray<Option>) => void} onCaptions
 * @property {(message: string) => void} onFailure playback has stopped
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
 * Plays a source from a position in seconds: playlists with hls.js where Media Source Extensions are supported,
 * everything else natively.
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
