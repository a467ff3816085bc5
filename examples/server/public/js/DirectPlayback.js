/** @typedef {import("./Playback.js").PlaybackOptions} PlaybackOptions */

/**
 * @param {import("./Documents.js").Caption} caption
 * @returns {HTMLTrackElement}
 */
const trackOf = ({ label, language, url }) =>
  Object.assign(document.createElement("track"), { kind: "subtitles", label, srclang: language, src: url })

/** @param {HTMLVideoElement} media */
const captionsOf = (media) => [...media.textTracks].filter(({ kind }) => kind === "subtitles" || kind === "captions")

/**
 * Plays a file natively, or a playlist where the browser supports it.
 * @param {HTMLVideoElement} media
 * @param {PlaybackOptions} options
 * @returns {import("./Playback.js").Playback}
 */
export const playDirectly = (media, { at, onCaptions, onFailure, onQualities, source }) => {
  const failed = () => onFailure("This browser cannot play the video.")
  const tracks = source.isPlaylist ? [] : source.captions.map(trackOf)
  const offer = () => {
    const named = captionsOf(media).map(({ label, language }, value) => ({ value, name: label || language }))
    onCaptions(named.length === 0 ? [] : [{ value: -1, name: "Off" }, ...named])
  }
  // Removes the tracks of the previous video.
  media.replaceChildren(...tracks)
  media.addEventListener("error", failed)
  media.textTracks.addEventListener("addtrack", offer)
  onQualities([])
  offer()
  media.src = source.url
  if (at > 0) media.currentTime = at
  return {
    stop: () => {
      media.removeEventListener("error", failed)
      media.textTracks.removeEventListener("addtrack", offer)
      media.replaceChildren()
      media.removeAttribute("src")
      media.load()
    },
    chooseQuality: () => {},
    chooseCaptions: (value) => {
      for (const [index, track] of captionsOf(media).entries()) track.mode = index === value ? "showing" : "disabled"
    },
    newest: () => (media.seekable.length === 0 ? null : media.seekable.end(media.seekable.length - 1))
  }
}
