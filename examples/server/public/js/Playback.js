/** @typedef {typeof import("/assets/hls.mjs").default} HlsClass */

/** @typedef {{ value: number, name: string }} Quality `value` -1 is automatic */

/**
 * @typedef {object} Playback One playlist being played in a video element.
 * @property {() => void} stop
 * @property {(value: number) => void} choose
 */

/**
 * @typedef {object} PlaybackEvents
 * @property {(qualities: ReadonlyArray<Quality>) => void} onQualities
 * @property {(message: string) => void} onFailure nothing more will be played without help
 */

const HLS_TYPE = "application/vnd.apple.mpegurl"
/** Bits a second, as last measured: a playback that follows another begins as sharp as that one was. */
let bandwidth = 3_000_000

const UNPLAYABLE = "This browser cannot play the video."

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

/** @param {{ width: number, height: number }} level */
const levelName = ({ height, width }) => (width > 0 ? `${Math.min(width, height)}p` : "Audio")

/**
 * Plays a playlist from a position in seconds: with hls.js where the browser lets scripts feed a video, else by the
 * browser itself.
 * @param {HTMLVideoElement} media
 * @param {{ url: string, at: number } & PlaybackEvents} options
 * @returns {Promise<Playback>}
 */
export const play = async (media, options) => {
  const Hls = await loadHls().catch(() => undefined)
  if (Hls?.isSupported()) return withHls(Hls, media, options)
  if (media.canPlayType(HLS_TYPE) !== "") return natively(media, options)
  options.onFailure(Hls === undefined ? "The player could not be loaded." : UNPLAYABLE)
  return { stop: () => {}, choose: () => {} }
}

/**
 * @param {HlsClass} Hls
 * @param {HTMLVideoElement} media
 * @param {{ url: string, at: number } & PlaybackEvents} options
 * @returns {Playback}
 */
const withHls = (Hls, media, { at, onFailure, onQualities, url }) => {
  const hls = new Hls({
    startPosition: at,
    startLevel: -1,
    testBandwidth: false,
    abrEwmaDefaultEstimate: bandwidth,
    capLevelToPlayerSize: true
  })
  let mended = false
  hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => {
    const named = levels.map((level, value) => ({ value, name: levelName(level) }))
    onQualities(named.length < 2 ? [] : [{ value: -1, name: "Auto" }, ...named.reverse()])
  })
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true
      hls.recoverMediaError()
      return
    }
    onFailure(
      error.type === Hls.ErrorTypes.NETWORK_ERROR
        ? "The video could not be loaded."
        : `${UNPLAYABLE} (${error.details})`
    )
  })
  hls.loadSource(url)
  hls.attachMedia(media)
  return {
    stop: () => {
      bandwidth = hls.bandwidthEstimate || bandwidth
      hls.destroy()
    },
    choose: (value) => {
      hls.nextLevel = value
    }
  }
}

/**
 * @param {HTMLVideoElement} media
 * @param {{ url: string, at: number } & PlaybackEvents} options
 * @returns {Playback}
 */
const natively = (media, { at, onFailure, onQualities, url }) => {
  const failed = () => onFailure(UNPLAYABLE)
  media.addEventListener("error", failed)
  onQualities([])
  media.src = url
  if (at > 0) media.currentTime = at
  return {
    stop: () => {
      media.removeEventListener("error", failed)
      media.removeAttribute("src")
      media.load()
    },
    choose: () => {}
  }
}
