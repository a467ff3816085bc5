/** The prefix that indexes a secret, long enough to be nearly unique. */
const BEGINNING = 16

/** Secrets that must not be exposed. Both the secrets and the checked texts number in the thousands. */
export class Secrets {
  readonly #all = new Set<string>()
  readonly #byBeginning = new Map<string, Array<string>>()
  readonly #short = new Set<string>()

  get size(): number {
    return this.#all.size
  }

  add(secret: string): void {
    if (this.#all.has(secret)) return
    this.#all.add(secret)
    if (secret.length < BEGINNING) {
      this.#short.add(secret)
      return
    }
    const beginning = secret.slice(0, BEGINNING)
    const others = this.#byBeginning.get(beginning)
    if (others === undefined) this.#byBeginning.set(beginning, [secret])
    else others.push(secret)
  }

  /** Returns one secret that the text contains, if any. */
  shownIn(text: string): string | undefined {
    for (let at = 0; at + BEGINNING <= text.length; at++) {
      const likely = this.#byBeginning.get(text.slice(at, at + BEGINNING))
      const shown = likely?.find((secret) => text.startsWith(secret, at))
      if (shown !== undefined) return shown
    }
    return Array.from(this.#short).find((secret) => text.includes(secret))
  }
}
