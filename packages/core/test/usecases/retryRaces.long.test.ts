import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJobId } from "@runner-connector/contracts"
import { Context, Effect, Option } from "effect"
import { JobStore } from "../../src/ports/JobStore.ts"
import {
  acceptNext,
  failNext,
  jobOf,
  jobsOf,
  register,
  resolutionOf,
  retry,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { interleave } from "../support/interleave.ts"
import type { Process } from "../support/Process.ts"
import { goOn } from "../support/sweep.ts"
import type { World } from "../support/World.ts"

const insert = (world: World, ...jobs: Parameters<JobStore["Type"]["insert"]>[0]) =>
  Effect.orDie(Context.get(world.ports, JobStore).insert(jobs))

const hooks = ({ told }: World) => told.map(({ hook, state }) => `${hook} ${state}`)

/** Two renditions: one has failed, the other is held. */
const given = (server: Process) =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360, 480], maxFailures: 1 } })
    const failed = yield* failNext(server, runner)
    const held = yield* Effect.orDie(acceptNext(server, runner))
    return { runner, video, failed, held }
  })

describe("a job is tried again", () => {
  it.effect("at each point while another server ends the video: no job stays open, and the hook runs", () =>
    Effect.gen(function* () {
      const count = yield* interleave({
        given,
        when: (server, { held }) => succeed(server, held),
        meanwhile: ({ given, other }) => retry(other, given.failed.id),
        afterwards: (other, { failed, runner, video }) =>
          Effect.gen(function* () {
            yield* goOn(other, runner)
            assert.strictEqual(jobOf(other.world, failed.id).state, "Completed")
            deepStrictEqual(
              videoOf(other.world, video).files.map(({ resolution }) => resolution),
              [360, 480]
            )
            assert.strictEqual(hooks(other.world).at(-1), "transcodingEnded Published")
          })
      })
      assert.isAbove(count, 10)
    })
  )

  it.effect("by a server that is held up at each point, while another one removes the video", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      yield* interleave({
        given,
        when: (server, { failed }) => retry(server, failed.id),
        meanwhile: ({ given, other }) => other.removal.removeVideo(given.video.id),
        afterwards: (other, { failed }) =>
          Effect.sync(() => {
            assert.strictEqual(other.world.state.videos.size, 0)
            seen.add(jobOf(other.world, failed.id).state)
            assert.isTrue(jobsOf(other.world).every(({ state }) => state === "Errored" || state === "Cancelled"))
          })
      })
      assert.sameMembers([...seen], ["Errored", "Cancelled"])
    })
  )

  it.effect("while its parent ends: the hook runs in both orders", () =>
    Effect.gen(function* () {
      const count = yield* interleave({
        given: (server) =>
          Effect.gen(function* () {
            const all = yield* given(server)
            const { failed, held } = all
            const child = { ...failed, id: aJobId(), state: "Cancelled" as const, parentId: Option.some(held.job.id) }
            yield* insert(server.world, { ...child, attemptId: Option.none(), revision: 0 })
            return { ...all, child }
          }),
        when: (server, { child }) => retry(server, child.id),
        meanwhile: ({ given, other }) => succeed(other, given.held),
        afterwards: (other, { child }) =>
          Effect.sync(() => {
            assert.strictEqual(jobOf(other.world, child.id).state, "Pending")
            assert.strictEqual(resolutionOf(child), 360)
          })
      })
      assert.isAbove(count, 5)
    })
  )
})
