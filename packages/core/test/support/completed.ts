import { DateTime, Option, Order } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { jobsOf } from "./actions.ts"
import type { World } from "./World.ts"

/** How often the video may have been edited. */
export const countEdits = (world: World, id: string): number =>
  Math.max(editsOf(world, id).length, world.edits.get(id) ?? 0)

/** Jobs that edit the video; what was made before the last completed one of them is gone. */
export const editsOf = (world: World, id: string): ReadonlyArray<RunnerJob> =>
  jobsOf(world).filter(
    (job) => job.type === "video-studio-transcoding" && Option.contains(job.videoId as Option.Option<string>, id)
  )

/** When jobs ended; of those that ended at the same moment the one that was added later is the later one. */
const byEnd = (world: World): Order.Order<RunnerJob> => {
  const numbers = new Map(jobsOf(world).map(({ id }, n) => [id, n]))
  return Order.combine(
    Order.mapInput(Option.getOrder(DateTime.Order), (job) => job.finishedAt),
    Order.mapInput(Order.number, ({ id }) => numbers.get(id) ?? -1)
  )
}

/** What was completed since, by those who make renditions; also by a job that was tried again after the edit. */
export const completedOf = (world: World, id: string): ReadonlyArray<RunnerJob> => {
  const order = byEnd(world)
  const edits = editsOf(world, id).filter(({ state }) => state === "Completed")
  return jobsOf(world).filter(
    (job) =>
      job.type.startsWith("vod-") &&
      Option.contains(job.videoId as Option.Option<string>, id) &&
      job.state === "Completed" &&
      edits.every((edit) => Order.greaterThan(order)(job, edit))
  )
}
