import { performance } from "node:perf_hooks"
import { aJob } from "@runner-connector/contracts"
import { JobStore, RunnerDemand, RunnerNotifier } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect } from "effect"

const privatePayload = {
  videoId: "00000000-0000-4000-8000-000000000000",
  place: { destination: "videos/bench", baseName: null }
}

/** Stores renditions without a video and notifies runners. Returns the time of the commit in Unix milliseconds. */
export const offer = (count: number) =>
  Effect.gen(function* () {
    const now = yield* DateTime.now
    const jobs = Arr.makeBy(count, (index) =>
      aJob({
        payload: { output: { resolution: 360, fps: 25, separatedAudio: false } },
        privatePayload,
        priority: index % 8,
        createdAt: now,
        updatedAt: now
      })
    )
    yield* (yield* JobStore.JobStore).insert(jobs)
    const committed = performance.timeOrigin + performance.now()
    yield* (yield* RunnerNotifier.RunnerNotifier).availableJobs(RunnerDemand.demandOf(jobs))
    return committed
  })
