/** Amounts of work. The quick sizes only check that the benchmark runs. */
export interface Sizes {
  readonly concurrencies: ReadonlyArray<number>
  /** Number of calls of each kind. */
  readonly calls: number
  /** Calls of each kind in a round of the suite `wire`. Short rounds alternate often, so that other load hits both servers. */
  readonly wireCalls: number
  /** Rounds of the suite `wire` that count. The ratio of one round differs by a fifth, so there are many. */
  readonly wireRounds: number
  /** Rounds of the other suites that compare, after a first one that does not count. */
  readonly rounds: number
  readonly million: { readonly finished: number; readonly pending: number; readonly resting: number }
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
  /** Clips of one runner beside FFmpeg alone. Seconds, and rounds after a first one that does not count. */
  readonly ladderClips: ReadonlyArray<number>
  readonly ladderRounds: number
  /** The film that is made in chunks, and the clip beside it. Seconds. */
  readonly film: { readonly seconds: number; readonly clipSeconds: number; readonly chunkMinDuration: number }
  readonly fleets: ReadonlyArray<number>
  /** Simulated runners are so much faster than FFmpeg on this machine. */
  readonly fleetSpeed: number
}

export const full: Sizes = {
  concurrencies: [1, 8, 32],
  calls: 2000,
  wireCalls: 800,
  wireRounds: 11,
  million: { finished: 1_000_000, pending: 100_000, resting: 20_000 },
  rounds: 5,
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
  uploadMiB: 256,
  clipSeconds: 10,
  runners: [1, 3],
  ladderClips: (process.env.LADDER_SECONDS ?? "10 60").split(" ").map(Number),
  ladderRounds: Number(process.env.LADDER_ROUNDS ?? 3),
  film: { seconds: Number(process.env.FILM_SECONDS ?? 3600), clipSeconds: 60, chunkMinDuration: 180 },
  fleets: (process.env.FLEETS ?? "1 2 4 8").split(" ").map(Number),
  fleetSpeed: Number(process.env.FLEET_SPEED ?? 10)
}

export const quick: Sizes = {
  concurrencies: [1, 8],
  calls: 100,
  wireCalls: 100,
  wireRounds: 1,
  million: { finished: 20_000, pending: 1_000, resting: 1_000 },
  rounds: 1,
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
  runners: [1],
  ladderClips: [2],
  ladderRounds: 1,
  film: { seconds: 30, clipSeconds: 4, chunkMinDuration: 10 },
  fleets: [1, 8],
  fleetSpeed: 1
}
