import { find } from "./Elements.js"
import { isLive } from "./Live.js"
import { isIncomplete, isOpen, isSettled, playedFrom, titleOf } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {"ensure" | "transcribe" | "edit" | "stop" | "delete"} Action */

/** @param {Video} video */
const isFinished = (video) => isSettled(video) && !isLive(video) && playedFrom(video) !== null

/** @param {Video} video */
const isTranscribed = ({ captions, jobs }) =>
  captions.length > 0 || jobs.some((job) => job.type === "video-transcription" && isOpen(job))

/** Conditions under which each action is available. @type {Readonly<Record<Action, (video: Video) => boolean>>} */
const offers = {
  ensure: isIncomplete,
  transcribe: (video) => isFinished(video) && !isTranscribed(video),
  edit: (video) => isFinished(video) && [...video.files, ...video.webVideos].some(({ width }) => width > 0),
  stop: (video) => isLive(video) && video.live?.state !== "stopping",
  delete: () => true
}

/** The action buttons of a video. */
export class Actions {
  /** @type {ReadonlyArray<{ action: Action, button: HTMLButtonElement, text: string }>} */
  #buttons

  /**
   * @param {HTMLElement} element
   * @param {(action: Action) => void} onAction
   */
  constructor(element, onAction) {
    const names = /** @type {ReadonlyArray<Action>} */ (Object.keys(offers))
    this.#buttons = names.map((action) => {
      const button = find(element, `[data-${action}]`, HTMLButtonElement)
      button.addEventListener("click", () => onAction(action))
      return { action, button, text: button.textContent?.trim() ?? "" }
    })
  }

  /** @param {Video} video */
  update(video) {
    for (const { action, button, text } of this.#buttons) {
      button.hidden = !offers[action](video)
      button.setAttribute("aria-label", `${text}: ${titleOf(video)}`)
    }
  }
}
