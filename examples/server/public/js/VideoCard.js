import { find, KeyedList, setAttribute, setOptionalText, setText, stamp } from "./Elements.js"
import { ago, clock, percent } from "./Format.js"
import { RenditionRow, renditionsOf } from "./RenditionRow.js"
import { hasFailures, isIncomplete, isSettled, summaryOf, titleOf, VideoState } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {import("./Video.js").Job} Job */

/** @type {Readonly<Record<number, string>>} */
const tones = { [VideoState.published]: "good", [VideoState.toTranscode]: "open", [VideoState.failed]: "bad" }

/** One video of the list: all that is known of it, live. */
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
  #details = find(this.element, "details", HTMLDetailsElement)
  #uuid = find(this.element, ".uuid", HTMLElement)
  #error = find(this.element, ".error", HTMLElement)
  #playlist = find(this.element, "a", HTMLAnchorElement)
  #delete = find(this.element, "[data-delete]", HTMLButtonElement)
  #ensure = find(this.element, "[data-ensure]", HTMLButtonElement)
  #renditions

  /**
   * @param {Video} video
   * @param {{
   *   onPlay(video: Video): void
   *   onDelete(video: Video): void
   *   onRetry(video: Video, job: Job): void
   *   onEnsure(video: Video): void
   * }} on
   */
  constructor(video, on) {
    this.video = video
    this.#renditions = new KeyedList(find(this.element, ".renditions", HTMLElement), {
      key: (/** @type {import("./RenditionRow.js").Rendition} */ rendition) => rendition.key,
      create: () => new RenditionRow({ onRetry: (job) => on.onRetry(this.video, job) })
    })
    // Open for those who want to watch the work; what is finished stays as it was, so that nothing jumps.
    this.#details.open = !isSettled(video) || hasFailures(video)
    this.#image.addEventListener("error", () => {
      this.#image.hidden = true
    })
    this.#image.addEventListener("load", () => {
      this.#image.hidden = false
    })
    this.#thumb.addEventListener("click", () => on.onPlay(this.video))
    this.#delete.addEventListener("click", () => on.onDelete(this.video))
    this.#ensure.addEventListener("click", () => on.onEnsure(this.video))
  }

  /** @param {Video} video */
  update(video) {
    this.video = video
    const title = titleOf(video)
    setText(this.#title, title)
    setText(this.#state, video.state.label)
    this.#state.dataset.tone = tones[video.state.id] ?? "idle"
    setText(this.#summary, summaryOf(video))
    setText(this.#uuid, `Video ${video.uuid}`)
    this.#delete.setAttribute("aria-label", `Delete ${title}`)
    this.#updateTime(video)
    this.#updateThumb(video, title)
    this.#updateProgress(video)
    this.#renditions.render(renditionsOf(video))
    this.#ensure.hidden = !isIncomplete(video)
    this.#playlist.hidden = video.playlistUrl === null
    if (video.playlistUrl !== null) setAttribute(this.#playlist, "href", video.playlistUrl)
  }

  /**
   * Takes the video out of the user's hands while it is being changed.
   * @param {boolean} busy
   */
  setBusy(busy) {
    this.element.setAttribute("aria-busy", `${busy}`)
    setOptionalText(this.#error, "")
  }

  /**
   * Shows what went wrong with this video.
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
    const playable = video.playlistUrl !== null
    if (this.#thumb.disabled === playable) this.#thumb.disabled = !playable
    setAttribute(this.#thumb, "aria-label", playable ? `Play ${title}` : `${title}: not playable yet`)
    if (video.thumbnailUrl !== null) setAttribute(this.#image, "src", video.thumbnailUrl)
    setOptionalText(this.#duration, video.duration === null ? "" : clock(video.duration))
  }

  /** @param {Video} video */
  #updateProgress(video) {
    const settled = isSettled(video)
    // Once shown its place is kept, so that nothing moves when the work is over.
    if (!settled) this.#overall.hidden = false
    this.#overall.dataset.tone = settled ? (hasFailures(video) ? "idle" : "good") : "open"
    this.#progress.value = settled ? 100 : percent(video.progress)
    setText(this.#percent, settled ? "done" : `${percent(video.progress)} %`)
  }
}
