const SOON = 1000
const LATER = 10_000
const LONGEST_PAUSE = 15_000

/**
 * Runs a task repeatedly while the tab is visible: after a short pause when the task expects changes, after a longer one
 * otherwise, and with backoff while it fails.
 */
export class Poller {
  #run
  #failed
  #failures = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  /** @type {Promise<void> | undefined} */
  #running
  /** @type {Promise<void> | undefined} */
  #queued

  /**
   * @param {() => Promise<"soon" | "later">} run
   * @param {(failures: number, error: unknown) => void} failed called after each run with the consecutive failures
   */
  constructor(run, failed) {
    this.#run = run
    this.#failed = failed
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#pause() : void this.now()))
    window.addEventListener("online", () => void this.now())
  }

  /**
   * Runs at once. Waits for an active run first, because its data may be outdated.
   * Never fails.
   * @returns {Promise<void>}
   */
  now() {
    if (this.#running === undefined) {
      this.#running = this.#cycle()
      return this.#running
    }
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined
      return this.now()
    })
    return this.#queued
  }

  async #cycle() {
    this.#pause()
    let delay = LATER
    /** @type {unknown} */
    let cause
    try {
      delay = (await this.#run()) === "soon" ? SOON : LATER
      this.#failures = 0
    } catch (error) {
      cause = error
      this.#failures += 1
      delay = Math.min(SOON * 2 ** this.#failures, LONGEST_PAUSE)
    }
    this.#running = undefined
    this.#failed(this.#failures, cause)
    if (!document.hidden) this.#timer = setTimeout(() => void this.now(), delay)
  }

  #pause() {
    clearTimeout(this.#timer)
  }
}
