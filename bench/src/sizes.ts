/** Amounts of work. The quick sizes only check that the benchmark runs. */
export interface Sizes {
  readonly concurrencies: ReadonlyArray<number>
  /** Number of calls of each kind. */
  readonly calls: number
  readonly depths: ReadonlyArray<{ readonly pending: number; readonly finished: number }>
  /** Idle runners, rounds with a single job, and jobs of the last round. */
  readonly herd: { readonly runners: number; readonly rounds: number; readonly jobs: number }
  /** Jobs in the table while metrics are read, half of them pending. */
  readonly metricsJobs: number
  /** How often metrics are read, four times a second. */
  readonly scrapes: number
  /** How long jobs are taken with and without a held snapshot. */
  readonly snapshotSeconds: number
  /** Numbers of processes that share a port. */
  readonly workers: ReadonlyArray<number>
  readonly uploadMiB: number
  readonly clipSeconds: number
  readonly runners: ReadonlyArray<number>
}

export const full: Sizes = {
  concurrencies: [1, 8, 32],
  calls: 2000,
  depths: [
    { pending: 1_000, finished: 0 },
    { pending: 10_000, finished: 0 },
    { pending: 100_000, finished: 0 },
    { pending: 1_000, finished: 100_000 },
    { pending: 100_000, finished: 100_000 }
  ],
  herd: { runners: 1000, rounds: 5, jobs: 10_000 },
  metricsJobs: 100_000,
  scrapes: 280,
  snapshotSeconds: 1200,
  workers: [1, 2, 4],
  uploadMiB: Number(process.env.UPLOAD_MIB ?? 1024),
  clipSeconds: 10,
  runners: [1, 3]
}

export const quick: Sizes = {
  concurrencies: [1, 8],
  calls: 100,
  depths: [
    { pending: 1_000, finished: 0 },
    { pending: 1_000, finished: 1_000 }
  ],
  herd: { runners: 20, rounds: 1, jobs: 100 },
  metricsJobs: 1000,
  scrapes: 4,
  snapshotSeconds: 4,
  workers: [1, 2],
  uploadMiB: 32,
  clipSeconds: 2,
  runners: [1]
}
