/** What a check has found. */
export interface Finding {
  readonly outcome: "ok" | "warning" | "failed"
  readonly fact: string
  /** The remedy. Empty when there is nothing to do. */
  readonly remedy: string
}

/** A finding with its name. */
export interface Checked extends Finding {
  readonly check: string
}

export const fine = (fact: string): Finding => ({ outcome: "ok", fact, remedy: "" })

export const doubtful = (fact: string, remedy: string): Finding => ({ outcome: "warning", fact, remedy })

export const broken = (fact: string, remedy: string): Finding => ({ outcome: "failed", fact, remedy })

/** The message of any error, in one line. */
export const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split("\n")[0] ?? "").replace(/\.$/, "")
}
