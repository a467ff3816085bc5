/** What a server in a process of its own is to do. */
export interface Order {
  /** Of the database. */
  readonly url: string
  /** Of the files. */
  readonly folder: string
  readonly name: string
  /** Gives the commands. */
  readonly seed: number
  /** How many commands each of its runners carries out. */
  readonly commands: number
}

/** What a server has done. */
export interface Report {
  readonly reopened: number
  readonly edits: ReadonlyArray<readonly [string, number]>
  readonly removals: ReadonlyArray<string>
  /** The job of each acceptance that was answered well. */
  readonly accepted: ReadonlyArray<string>
  /** The job of each failure that was taken down. */
  readonly failed: ReadonlyArray<string>
  /** What came of which commands. */
  readonly answers: ReadonlyArray<string>
}

/** Short, as time is what it is: much can happen in a second. */
export const settings = {
  vodSilence: "300 millis",
  liveSilence: "200 millis",
  completionWait: "100 millis",
  completionSilence: "500 millis",
  retiredFor: "400 millis",
  contactInterval: "100 millis"
} as const
