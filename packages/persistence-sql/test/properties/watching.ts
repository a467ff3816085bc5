import { Cause, Effect, Exit, Option } from "effect"
import { jobsOf, videosOf } from "../../../core/test/support/actions.ts"
import { assertParents } from "../../../core/test/support/commands.ts"
import { assertVideo, revisionsOf } from "../../../core/test/support/invariants.ts"
import type { World } from "../../../core/test/support/World.ts"

type Seen =
  World["state"]["videos"] extends Map<infer Id, infer _>
    ? Map<Id, { readonly at: string; readonly times: number }>
    : never

/** The number of reads that must see a fault of a video without a change of its rows. Files change between two reads. */
const SURELY = 5

const revisionOf = (world: World, video: ReturnType<typeof videosOf>[number]): string => {
  const jobs = jobsOf(world).filter(({ videoId }) => Option.contains(videoId, video.id))
  return revisionsOf([video, ...jobs])
}

/** Checks a world while others work on it. A fault that stays is a failure. */
export const makeWatch = (world: World): Effect.Effect<void> => {
  const wrong: Seen = new Map()
  return Effect.gen(function* () {
    yield* world.refresh
    assertParents(world)
    const stored = new Set(yield* world.files)
    for (const video of videosOf(world)) {
      const exit = yield* Effect.exit(assertVideo(world, video, stored))
      if (Exit.isSuccess(exit)) {
        wrong.delete(video.id)
        continue
      }
      const at = revisionOf(world, video)
      const before = wrong.get(video.id)
      const times = before?.at === at ? before.times + 1 : 1
      if (times >= SURELY) return yield* Effect.die(Cause.squash(exit.cause))
      wrong.set(video.id, { at, times })
    }
  })
}
