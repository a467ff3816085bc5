import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { accept, jobsOf, type Registered, register, resolutionOf, succeed } from "./actions.ts"
import { jobOfChunk, takeFilm, untilCut } from "./chunks.ts"
import type { Process } from "./Process.ts"
import { workOnce } from "./sweep.ts"

/** A film whose source is cut, and a runner. */
export interface CutFilm {
  readonly server: Process
  readonly film: Video
  readonly runner: Registered
}

/** A film of 360 and 480 lines whose source is cut. The first failure of a chunk is the last one. */
export const cutFilm = (server: Process, settings: TranscodeVideo["settings"] = {}): Effect.Effect<CutFilm> =>
  Effect.gen(function* () {
    const film = yield* takeFilm(server, {
      settings: { resolutions: [360, 480], chunkDuration: 60, chunkMinDuration: 30, maxFailures: 1, ...settings }
    })
    yield* untilCut(server.world, film)
    return { server, film, runner: yield* register(server) }
  })

/** The states of the jobs of a resolution. */
export const statesOf = ({ world }: Process, resolution: number) =>
  [
    ...new Set(
      jobsOf(world)
        .filter((job) => resolutionOf(job) === resolution)
        .map(({ state }) => state)
    )
  ].sort()

/** The job of a chunk. */
export const jobOf = ({ server }: CutFilm, resolution: number, chunk: number): RunnerJob =>
  jobOfChunk(server.world, resolution, chunk) ?? assert.fail()

/** Fails a chunk for the last time. */
export const failChunk = (one: CutFilm, resolution: number, chunk: number) =>
  Effect.gen(function* () {
    const { claim } = yield* accept(one.server, one.runner, jobOf(one, resolution, chunk).id)
    yield* one.server.jobs.error({ ...claim, message: "no space left" })
  })

/** Makes a chunk. */
export const makeChunk = (one: CutFilm, resolution: number, chunk: number) =>
  Effect.gen(function* () {
    yield* succeed(one.server, yield* accept(one.server, one.runner, jobOf(one, resolution, chunk).id))
  })

/** Does all remaining work. */
export const workOn = ({ runner, server }: CutFilm) =>
  Effect.gen(function* () {
    while (yield* workOnce(server, runner)) yield* Effect.void
  })
