import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Video } from "../../src/domain/Video.ts"
import { type Registered, register, takeIn, videoOf } from "../support/actions.ts"
import { faults } from "../support/faults.ts"
import { goOn, type Scenario, sweep, workOnce } from "../support/sweep.ts"

interface TakenIn {
  readonly runner: Registered
  readonly video: Video
}

const takenIn: Scenario<TakenIn>["given"] = (server) =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server)
    return { runner, video }
  })

const transcoding: Scenario<TakenIn> = {
  given: takenIn,
  when: (server, { runner }) => Effect.zipRight(workOnce(server, runner), workOnce(server, runner)),
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* goOn(other, runner)
      const after = videoOf(other.world, video)
      assert.strictEqual(after.state, "Published")
      assert.deepStrictEqual(
        after.files.map(({ resolution }) => resolution),
        [360, 480]
      )
    })
}

let points = 0
afterAll(() => console.info(`Faults were injected at ${points} points.`))

describe("a runner makes two renditions, and one call of a port", () => {
  for (const fault of faults) {
    it.effect(fault, () =>
      Effect.gen(function* () {
        const count = yield* sweep(transcoding, fault)
        assert.isAbove(count, 30)
        points += count
      })
    )
  }
})
