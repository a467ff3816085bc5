/** The work of one process. */
export interface Order {
  /** Of the database. */
  readonly url: string
  /** The jobs that it writes. Each belongs to a video of its own. */
  readonly jobs: ReadonlyArray<{ readonly id: string; readonly videoId: string }>
}

/** So many events are written about each job. */
export const EVENTS_PER_JOB = 10

/** One delivery, as the process writes it to its output. */
export interface Delivery {
  readonly id: string
  readonly videoId: string
}
