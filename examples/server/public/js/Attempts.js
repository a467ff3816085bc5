import { find, KeyedList, setText } from "./Elements.js"
import { clock, counted } from "./Format.js"

/** @typedef {import("./Video.js").Attempt} Attempt */

/** @param {Attempt} attempt */
const lasted = ({ endedAt, startedAt }) => {
  const end = endedAt === null ? Date.now() : new Date(endedAt).getTime()
  return clock(Math.max(0, end - new Date(startedAt).getTime()) / 1000)
}

/** @param {Attempt} attempt */
const sentenceOf = (attempt) => {
  const { message, outcome, runner, version } = attempt
  const who = version === null ? runner : `${runner} (${version})`
  const how = outcome === null ? `at work for ${lasted(attempt)}` : `${outcome} after ${lasted(attempt)}`
  return [who, how, ...(message === null || message === "" ? [] : [message])].join(" · ")
}

/** Outcomes caused by the runner or its result. */
const failures = new Set(["failed", "refused", "stalled"])

/** @param {ReadonlyArray<Attempt>} attempts */
const summaryOf = (attempts) => {
  const failed = attempts.filter(({ outcome }) => failures.has(outcome ?? "")).length
  return `${counted(attempts.length, "attempt")}${failed === 0 ? "" : `, ${failed} failed`}`
}

/** One attempt in one line. */
class AttemptLine {
  element = document.createElement("li")

  /** @param {Attempt} attempt */
  update(attempt) {
    setText(this.element, sentenceOf(attempt))
    this.element.title = new Date(attempt.startedAt).toLocaleString()
  }
}

/** All attempts of a job. Hidden while all attempts are active or completed. */
export class Attempts {
  #element
  #lines

  /** @param {HTMLDetailsElement} element */
  constructor(element) {
    this.#element = element
    this.#lines = new KeyedList(find(element, "ol", HTMLElement), {
      key: (/** @type {Attempt} */ attempt) => attempt.startedAt,
      create: () => new AttemptLine()
    })
  }

  /** @param {ReadonlyArray<Attempt>} attempts */
  update(attempts) {
    this.#element.hidden = attempts.every(({ outcome }) => outcome === null || outcome === "completed")
    setText(find(this.#element, "summary", HTMLElement), summaryOf(attempts))
    this.#lines.render(attempts)
  }
}
