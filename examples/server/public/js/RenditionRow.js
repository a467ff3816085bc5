import { Attempts } from "./Attempts.js"
import { find, setAttribute, setOptionalText, setText, stamp } from "./Elements.js"
import { percent, size, until } from "./Format.js"
import { isBroadcast } from "./Live.js"
import { nameOf } from "./Renditions.js"
import { isFailed, isOpen, isRetryable, JobState } from "./Video.js"

/** @typedef {import("./Video.js").Job} Job */
/** @typedef {import("./Renditions.js").Rendition} Rendition */

/** @param {Rendition} rendition */
const stateOf = ({ job }) => {
  if (job === undefined) return "Completed"
  if (job.state.id === JobState.waiting) return "Waiting"
  return job.state.id === JobState.processing && !isBroadcast(job)
    ? `${job.state.label}, ${percent(job.progress)} %`
    : job.state.label
}

/**
 * The runner of the job. The previous runner of a job that is to be retried is hidden.
 * @param {Job} job
 */
const holderOf = ({ runner, state }) =>
  runner === null || state.id === JobState.pending || state.id === JobState.waiting ? [] : [runner.name]

/** Reasons that need no line of their own: every pending job waits for a free runner, or for an idle one to accept it. */
const ORDINARY = /^(a free runner|the idle runner|one of \d+ idle runners)/

/** @param {Job} job */
const restOf = ({ retryAt, waitingFor }) => {
  const when = new Date(waitingFor === null || retryAt === null ? 0 : retryAt)
  return when.getTime() > Date.now() ? `retry ${until(when)}` : ""
}

/**
 * The reason why the job waits, if it is relevant.
 * @param {Job} job
 */
const waitOf = (job) => {
  const isPlain = job.state.id !== JobState.pending || job.waitingFor === null || ORDINARY.test(job.waitingFor)
  return isPlain || restOf(job) !== "" ? "" : `Waiting for ${job.waitingFor}`
}

/** @param {Rendition} rendition */
const byOf = ({ job, file }) => {
  const texts = [
    file === undefined ? "" : size(file.size),
    ...(job === undefined ? [] : [...holderOf(job), restOf(job)])
  ]
  return texts.filter((text) => text !== "").join(" · ")
}

/** @param {Job | undefined} job */
const troubleOf = (job) => (job === undefined ? "" : (job.error ?? waitOf(job)))

/** @param {Job | undefined} job */
const toneOf = (job) => {
  if (job === undefined || job.state.id === JobState.completed) return "good"
  if (isFailed(job)) return "bad"
  return isOpen(job) ? "open" : "idle"
}

/**
 * The value of its progress bar. It is full for completing and completed jobs and for lives on air.
 * @param {Job | undefined} job
 */
const fillOf = (job) => {
  if (job === undefined || job.state.id === JobState.completed || job.state.id === JobState.completing) return 100
  return isBroadcast(job) ? (job.state.id === JobState.processing ? 100 : 0) : percent(job.progress)
}

/** One rendition: its name, progress, runner, waiting reason and error. */
export class RenditionRow {
  element = stamp("rendition-row")
  /** @type {Job | undefined} */
  #job
  #resolution = find(this.element, ".resolution", HTMLElement)
  #progress = find(this.element, "progress", HTMLProgressElement)
  #state = find(this.element, ".job-state", HTMLElement)
  #by = find(this.element, ".by", HTMLElement)
  #trouble = find(this.element, ".trouble", HTMLElement)
  #attempts = new Attempts(find(this.element, ".attempts", HTMLDetailsElement))
  #retry = find(this.element, "[data-retry]", HTMLButtonElement)

  /** @param {{ onRetry(job: Job): void }} on */
  constructor(on) {
    this.#retry.addEventListener("click", () => {
      if (this.#job !== undefined) on.onRetry(this.#job)
    })
  }

  /** @param {Rendition} rendition */
  update(rendition) {
    const { job } = rendition
    this.#job = job
    this.element.dataset.tone = toneOf(job)
    setText(this.#resolution, nameOf(rendition))
    this.#progress.value = fillOf(job)
    this.#progress.setAttribute("aria-label", `Progress of ${nameOf(rendition)}`)
    setText(this.#state, stateOf(rendition))
    setText(this.#by, byOf(rendition))
    setAttribute(this.#by, "title", byOf(rendition))
    setOptionalText(this.#trouble, troubleOf(job))
    this.#attempts.update(job?.attempts ?? [])
    this.#retry.hidden = job === undefined || !isRetryable(job)
    this.#retry.setAttribute("aria-label", `Try ${nameOf(rendition)} again`)
  }
}
