import { Actions } from "./Actions.js"
import { Downloads } from "./Downloads.js"
import { find, KeyedList, setAttribute, setOptionalText, setText, stamp } from "./Elements.js"
import { ago, clock, percent } from "./Format.js"
import { isLive, isOnAir } from "./Live.js"
import { RenditionRow } from "./RenditionRow.js"
import { renditionsOf } from "./Renditions.js"
import { hasFailures, isSettled, playedFrom, progressOf, stateOf, summaryOf, titleOf, VideoState } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {import("./Video.js").Job} Job */

/** @type {Readonly<Record<number, string>>} */
const tones = {
  [VideoState.published]: "good",
  [VideoState.toTranscode]: "open",
  [VideoState.waitingForLive]: "open",
  [VideoState.toEdit]: "open",
  [VideoState.failed]: "bad"
}

/** @param {Video} video */
const toneOf = (video) => (isOnAir(video) ? "live" : (tones[video.state.id] ?? "idle"))

/** One video of the list, with live updates. */
export class VideoCard {
  element = stamp("video-card")
  #thumb = find(this.element, ".thumb", HTMLButtonElement)
  #image = find(this.element, ".thumb img", HTMLImageElement)
  #duration = find(this.element, ".duration", HTMLElement)
  #title = find(this.element, "h3", HTMLElement)
  #state = find(this.element, ".state", HTMLElement)
  #time = find(this.element, "time", HTMLTimeElement)
  #summary = find(this.element, "[data-summary]", HTMLElement)
  #overall = find(this.element, ".overall", HTMLElement)
  #progress = find(this.element, ".overall progress", HTMLProgressElement)
  #percent = find(this.element, ".percent", HTMLElement)
  #details = find(this.element, "[data-work]", HTMLDetailsElement)
  #badge = find(this.element, ".live-badge", HTMLElement)
  #ending = find(this.element, ".ending", HTMLElement)
  #downloads = new Downloads(find(this.element, ".downloads", HTMLDetailsElement))
  #uuid = find(this.element, ".uuid", HTMLElement)
  #error = find(this.element, ".error", HTMLElement)
  #playlist = find(this.element, "[data-playlist]", HTMLAnchorElement)
  #actions
  #renditions

  /**
   * @param {Video} video
   * @param {{
   *   onPlay(video: Video): void
   *   onRetry(video: Video, job: Job): void
   *   onAction(action: import("./Actions.js").Action, video: Video): void
   * }} on
   */
  constructor(video, on) {
    this.video = video
    this.#renditions = new KeyedList(find(this.element, ".renditions", HTMLElement), {
      key: (/** @type {import("./Renditions.js").Rendition} */ rendition) => rendition.key,
      create: () => new RenditionRow({ onRetry: (job) => on.onRetry(this.video, job) })
    })
    // Expanded while jobs are active or have failed. It is not collapsed afterwards, so that the layout does not jump.
    this.#details.open = !isSettled(video) || hasFailures(video)
    this.#image.addEventListener("error", () => {
      this.#image.hidden = true
    })
    this.#image.addEventListener("load", () => {
      this.#image.hidden = false
    })
    this.#thumb.addEventListener("click", () => on.onPlay(this.video))
    this.#actions = new Actions(find(this.element, ".actions", HTMLElement), (_) => on.onAction(_, this.video))
  }

  /** @param {Video} video */
  update(video) {
    this.video = video
    const title = titleOf(video)
    setText(this.#title, title)
    setText(this.#state, stateOf(video))
    this.#state.dataset.tone = toneOf(video)
    setText(this.#summary, summaryOf(video))
    setText(this.#uuid, `Video ${video.uuid}`)
    setOptionalText(this.#ending, video.live?.error ?? "")
    this.#updateTime(video)
    this.#updateThumb(video, title)
    this.#updateProgress(video)
    this.#renditions.render(renditionsOf(video))
    this.#downloads.update(video)
    this.#actions.update(video)
    this.#playlist.hidden = video.playlistUrl === null
    if (video.playlistUrl !== null) setAttribute(this.#playlist, "href", video.playlistUrl)
  }

  /**
   * Disables the buttons while the video is being changed.
   * @param {boolean} busy
   */
  setBusy(busy) {
    this.element.setAttribute("aria-busy", `${busy}`)
    setOptionalText(this.#error, "")
  }

  /**
   * Shows an error of this video.
   * @param {string} message
   */
  setError(message) {
    setOptionalText(this.#error, message)
  }

  /** @param {Video} video */
  #updateTime(video) {
    const created = new Date(video.createdAt)
    setText(this.#time, ago(created))
    setAttribute(this.#time, "datetime", video.createdAt)
    setAttribute(this.#time, "title", created.toLocaleString())
  }

  /**
   * @param {Video} video
   * @param {string} title
   */
  #updateThumb(video, title) {
    const playable = playedFrom(video) !== null
    const verb = isOnAir(video) ? "Watch" : "Play"
    if (this.#thumb.disabled === playable) this.#thumb.disabled = !playable
    setAttribute(this.#thumb, "aria-label", playable ? `${verb} ${title}` : `${title}: not playable yet`)
    if (video.thumbnailUrl !== null) setAttribute(this.#image, "src", video.thumbnailUrl)
    this.#badge.hidden = !isOnAir(video)
    setOptionalText(this.#duration, video.duration === null || isLive(video) ? "" : clock(video.duration))
  }

  /** @param {Video} video */
  #updateProgress(video) {
    // The duration of a live is unknown.
    if (isLive(video)) return
    const settled = isSettled(video)
    // Once shown, its space is kept, so that the layout does not jump at the end.
    if (!settled) this.#overall.hidden = false
    this.#overall.dataset.tone = settled ? (hasFailures(video) ? "idle" : "good") : "open"
    this.#progress.value = settled ? 100 : percent(progressOf(video))
    setText(this.#percent, settled ? "done" : `${percent(progressOf(video))} %`)
  }
}
