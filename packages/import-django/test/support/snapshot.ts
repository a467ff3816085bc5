import { JobStore, Runner, RunnerJob, RunnerStore, Video, VideoStore } from "@runner-connector/core"
import { Effect, Schema } from "effect"

const all = { start: 0, count: 100 }

const jobsAsRows = Schema.encodeSync(Schema.Array(RunnerJob.RunnerJob))
const runnersAsRows = Schema.encodeSync(Schema.Array(Runner.Runner))
const videosAsRows = Schema.encodeSync(Schema.Array(Video.Video))

const by =
  <K extends string>(name: K) =>
  (a: Readonly<Record<K, unknown>>, b: Readonly<Record<K, unknown>>): number =>
    String(a[name]) < String(b[name]) ? -1 : 1

/** Everything that an import writes into the stores, as rows. */
export const snapshot = Effect.gen(function* () {
  const runners = yield* RunnerStore.RunnerStore
  const tokens = yield* runners.registrationTokens.list(all)
  const jobs = yield* Effect.flatMap(JobStore.JobStore, (store) => store.list(all))
  const videos = yield* Effect.flatMap(VideoStore.VideoStore, (store) => store.list(all))
  return {
    tokens: tokens.data.map(({ hint, tokenHash }) => ({ hint, tokenHash })),
    runners: [...runnersAsRows((yield* runners.list(all)).data)].sort(by("name")),
    jobs: [...jobsAsRows(jobs.data)].sort(by("id")),
    videos: [...videosAsRows(videos.data)].sort(by("id"))
  }
})
