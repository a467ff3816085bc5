/** @typedef {import("./Playback.js").PlaybackOptions} PlaybackOptions */

/** Bits a second, as last measured: a playback that follows another begins as sharp as that one was. */
let bandwidth = 3_000_000

/** @param {{ width: number, height: number }} level */
const levelName = ({ height, width }) => (width > 0 ? `${Math.min(width, height)}p` : "Audio")

/**
 * The start position. For a live, hls.js chooses it.
 * @param {PlaybackOptions} options
 */
const startOf = ({ at, source }) => (source.isLive ? -1 : at)

/**
 * @param {import("./Playback.js").HlsClass} Hls
 * @param {PlaybackOptions} options
 */
const configured = (Hls, options) =>
  new Hls({
    startPosition: startOf(options),
    startLevel: -1,
    testBandwidth: false,
    abrEwmaDefaultEstimate: bandwidth,
    capLevelToPlayerSize: true,
    liveDurationInfinity: true,
    // A playback that falls this far behind, for example after a suspend, jumps to the live edge.
    liveSyncDurationCount: 3,
    liveMaxLatencyDurationCount: 10,
    // The back buffer is limited to one minute to save memory.
    backBufferLength: options.source.isLive ? 60 : Number.POSITIVE_INFINITY
  })

/**
 * Reports fatal errors, after one attempt to recover from a decoder error.
 * @param {import("./Playback.js").HlsClass} Hls
 * @param {InstanceType<import("./Playback.js").HlsClass>} hls
 * @param {PlaybackOptions["onFailure"]} onFailure
 */
const reportErrors = (Hls, hls, onFailure) => {
  let isRecovered = false
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !isRecovered) {
      isRecovered = true
      hls.recoverMediaError()
      return
    }
    onFailure(
      error.type === Hls.ErrorTypes.NETWORK_ERROR
        ? "The video could not be loaded."
        : `This browser cannot play the video. (${error.details})`
    )
  })
}

/**
 * Plays a playlist with hls.js.
 * @param {import("./Playback.js").HlsClass} Hls
 * @param {HTMLVideoElement} media
 * @param {PlaybackOptions} options
 * @returns {import("./Playback.js").Playback}
 */
export const playByHls = (Hls, media, options) => {
  const { onCaptions, onFailure, onQualities, source } = options
  const hls = configured(Hls, options)
  hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => {
    const named = levels.map((level, value) => ({ value, name: levelName(level) }))
    onQualities(named.length < 2 ? [] : [{ value: -1, name: "Auto" }, ...named.reverse()])
  })
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, (_, { subtitleTracks }) => {
    const named = subtitleTracks.map(({ name }, value) => ({ value, name }))
    onCaptions(named.length === 0 ? [] : [{ value: -1, name: "Off" }, ...named])
  })
  reportErrors(Hls, hls, onFailure)
  hls.loadSource(source.url)
  hls.attachMedia(media)
  return {
    stop: () => {
      bandwidth = hls.bandwidthEstimate || bandwidth
      hls.destroy()
    },
    chooseQuality: (value) => {
      hls.nextLevel = value
    },
    chooseCaptions: (value) => {
      hls.subtitleTrack = value
    },
    newest: () => hls.liveSyncPosition
  }
}
