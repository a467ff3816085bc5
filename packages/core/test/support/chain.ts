import { aJob, aVideo, aVideoId } from "@runner-connector/contracts"
import { Context, Effect, Option } from "effect"
import type { JobState, RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { jobOf } from "./actions.ts"
import type { Process } from "./Process.ts"
import type { World } from "./World.ts"

export const insert = (world: World, ...jobs: Parameters<JobStore["Type"]["insert"]>[0]) =>
  Effect.orDie(Context.get(world.ports, JobStore).insert(jobs))

/** A video with jobs in these states, each waiting for the one before it. */
export const aChain = (server: Process, states: ReadonlyArray<JobState>, over: Partial<Video> = {}) =>
  Effect.gen(function* () {
    const video = aVideo({ id: aVideoId(), ...over })
    server.world.state.videos.set(video.id, video)
    const jobs: Array<RunnerJob> = []
    for (const state of states) {
      const parentId = Option.fromNullable(jobs.at(-1)?.id)
      const job = aJob({ state, parentId, videoId: Option.some(video.id) })
      yield* insert(server.world, job)
      jobs.push(job)
    }
    const statesNow = () => jobs.map(({ id }) => jobOf(server.world, id).state)
    return { video, jobs, ids: jobs.map(({ id }) => id), statesNow }
  })
