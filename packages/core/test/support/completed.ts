import { DateTime, Option, Order } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { jobsOf } from "./actions.ts"
import type { World } from "./World.ts"

/** How often the video may have been edited. */
export const countEdits = (world: World, id: string): number =>
  Math.max(editsOf(world, id).length, world.edits.get(id) ?? 0)

/** Jobs that edit the video. The last completed one deletes the renditions from before. */
export const editsOf = (world: World, id: string): ReadonlyArray<RunnerJob> =>
  jobsOf(world).filter(
    (job) => job.type === "video-studio-transcoding" && Option.contains(job.videoId as Option.Option<string>, id)
  )

/** The order in which jobs ended. Of two that ended at the same moment, the one that was added later is later. */
const byEnd = (world: World): Order.Order<RunnerJob> => {
  const numbers = new Map(jobsOf(world).map(({ id }, n) => [id, n]))
  return Order.combine(
    Order.mapInput(Option.getOrder(DateTime.Order), (job) => job.finishedAt),
    Order.mapInput(Order.number, ({ id }) => numbers.get(id) ?? -1)
  )
}

/** The renditions completed since then, also by a job that was retried after the edit. */
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
