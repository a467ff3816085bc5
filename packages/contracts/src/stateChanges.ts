import { layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type EventStore, JobStore, StateChanges, VideoStore } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { Transactions } from "./eventStore/support.ts"
import { aJob, aNewVideo } from "./fixtures.ts"
import { later, type Stores } from "./stores.ts"

const observed: Array<StateChanges.Changes> = []

const observing = Layer.sync(StateChanges.StateChanges, () => [
  (changes: StateChanges.Changes) => Effect.sync(() => void observed.push(changes))
])

/** Runs the effect. Gives what the observers received meanwhile, in short. */
const changesOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    observed.length = 0
    return Effect.map(effect, () =>
      observed.map(({ events, jobs, videos }) => ({
        events: events.map(({ type }) => type),
        jobs: jobs.map(({ after, before }) => [before, after.state]),
        videos: videos.map(({ after, before }) => [before.state, after.state])
      }))
    )
  })

/** Contract of the stores: they report each committed write once, and no other one. */
export const stateChangesContract = <E>(
  name: string,
  layer: Layer.Layer<Stores | EventStore.EventStore | Transactions, E>
): void =>
  withLayer(Layer.provideMerge(layer, observing), { timeout: "5 minutes", excludeTestServices: true })(
    `StateChanges: ${name}`,
    (it) => {
      it.effect("reports a write after it took effect, with the states before", () =>
        Effect.gen(function* () {
          const [jobs, videos] = [yield* JobStore.JobStore, yield* VideoStore.VideoStore]
          const added = aNewVideo({ state: "ToTranscode" })
          const job = aJob({ videoId: Option.some(added.id) })
          const changes = yield* changesOf(
            Effect.gen(function* () {
              const video = yield* videos.insert(added, [job])
              yield* jobs.commit([{ ...job, state: "Processing", updatedAt: later(1) }])
              yield* videos.save({ ...video, state: "Published" }, [{ ...job, state: "Completed", revision: 1 }])
            })
          )
          deepStrictEqual(changes, [
            { events: ["video.created", "job.pending"], jobs: [[undefined, "Pending"]], videos: [] },
            { events: ["job.accepted"], jobs: [["Pending", "Processing"]], videos: [] },
            {
              events: ["job.completed", "video.playable"],
              jobs: [["Processing", "Completed"]],
              videos: [["ToTranscode", "Published"]]
            }
          ])
        })
      )

      it.effect("reports nothing of a write that is refused or belongs to a transaction of the host", () =>
        Effect.gen(function* () {
          const jobs = yield* JobStore.JobStore
          const { run } = yield* Transactions
          const [job, other] = [aJob(), aJob()]
          yield* jobs.insert([job])
          const changes = yield* changesOf(
            Effect.gen(function* () {
              yield* Effect.flip(jobs.commit([{ ...job, state: "Processing", revision: 7 }]))
              yield* Effect.flip(
                jobs.commit([
                  { ...job, state: "Processing" },
                  { ...other, state: "Cancelled" }
                ])
              )
              yield* run(jobs.insert([aJob()]))
            })
          )
          deepStrictEqual(changes, [])
        })
      )
    }
  )
