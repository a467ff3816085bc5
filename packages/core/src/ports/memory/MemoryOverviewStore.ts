import { Array as Arr, DateTime, Duration, Effect, Number as Num, Option, Order, Record } from "effect"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Video } from "../../domain/video/Video.ts"
import { type EndedFigures, OverviewStore, type QueueFigures, type VideoFigures } from "../OverviewStore.ts"
import type { MemoryState } from "./MemoryState.ts"

const inHand: ReadonlySet<RunnerJob["state"]> = new Set<RunnerJob["state"]>(["Processing", "Completing"])
const open: ReadonlySet<RunnerJob["state"]> = new Set([...inHand, "Pending", "WaitingForParent"] as const)

const byCreation = Order.mapInput(DateTime.Order, ({ createdAt }: RunnerJob) => createdAt)

const oldestOf = (jobs: ReadonlyArray<RunnerJob>): Option.Option<RunnerJob> =>
  Arr.head(
    Arr.sort(
      jobs.filter(({ state }) => state === "Pending"),
      byCreation
    )
  )

const queueOf = (jobs: ReadonlyArray<RunnerJob>): ReadonlyArray<QueueFigures> => {
  const types = Arr.groupBy(
    jobs.filter(({ state }) => open.has(state)),
    ({ type }) => type
  )
  const figures = Object.entries(types).map(([type, own]) => ({
    type,
    pending: own.filter(({ state }) => state === "Pending").length,
    processing: own.filter(({ state }) => inHand.has(state)).length,
    waiting: own.filter(({ state }) => state === "WaitingForParent").length,
    oldestPendingAt: Option.map(oldestOf(own), ({ createdAt }) => createdAt)
  }))
  return Arr.sort(
    figures,
    Order.mapInput(Order.string, ({ type }: QueueFigures) => type)
  )
}

const bytesOf = ({ files, webVideos }: Video): number => Num.sumAll([...files, ...webVideos].map(({ size }) => size))

const videosOf = (videos: ReadonlyArray<Video>): ReadonlyArray<VideoFigures> =>
  Object.values(
    Record.map(
      Arr.groupBy(videos, ({ state }) => state),
      (own) => ({
        state: own[0].state,
        count: own.length,
        bytes: Num.sumAll(own.map(bytesOf))
      })
    )
  )

const endedOf = (jobs: ReadonlyArray<RunnerJob>, since: number, interval: number): ReadonlyArray<EndedFigures> => {
  const ended = new Map<number, { completed: number; failed: number }>()
  for (const { finishedAt, state } of jobs) {
    if (Option.isNone(finishedAt) || (state !== "Completed" && state !== "Errored")) continue
    const index = Math.floor((DateTime.toEpochMillis(finishedAt.value) - since) / interval)
    if (index < 0) continue
    const figures = ended.get(index) ?? { completed: 0, failed: 0 }
    figures[state === "Completed" ? "completed" : "failed"] += 1
    ended.set(index, figures)
  }
  return Arr.sort(ended.keys(), Order.number).map((index) => ({
    at: DateTime.unsafeMake(since + index * interval),
    ...(ended.get(index) ?? { completed: 0, failed: 0 })
  }))
}

/** Figures of the state, by scans. */
export const make = ({ jobs, presence, runners, videos }: MemoryState): OverviewStore["Type"] => {
  const all = Effect.sync(() => Array.from(jobs.values()))
  return OverviewStore.of({
    queue: Effect.map(all, queueOf),
    oldestPending: Effect.map(all, oldestOf),
    runners: Effect.map(all, (found) => ({
      total: runners.size,
      online: presence.online.size,
      busy: new Set(
        found.filter(({ state }) => state === "Processing").flatMap(({ runnerId }) => Option.toArray(runnerId))
      ).size
    })),
    videos: Effect.sync(() => videosOf(Array.from(videos.values()))),
    ended: ({ interval, since }) =>
      Effect.map(all, (found) => endedOf(found, DateTime.toEpochMillis(since), Duration.toMillis(interval))),
    // Scans are fast enough for tests.
    keepHours: () => Effect.void
  })
}
