import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Context, Effect, Option } from "effect"
import { JobStore } from "../../src/ports/JobStore.ts"
import { until } from "../../src/testing/eventually.ts"
import { aHeldJob, jobOf, jobsOf, succeed, videoOf } from "../support/actions.ts"
import { outcome, portError } from "../support/calls.ts"
import { faults } from "../support/faults.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { type Around, aProcess, startProcess } from "../support/Process.ts"
import { type Given, given, isKept } from "../support/removals.ts"
import { aResult } from "../support/results.ts"
import { goOn, type Scenario, sweep } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import { makeWorld, type World } from "../support/World.ts"

const insert = (world: World, ...jobs: Parameters<JobStore["Type"]["insert"]>[0]) =>
  Effect.orDie(Context.get(world.ports, JobStore).insert(jobs))

const idsIn = (world: World) => jobsOf(world).map(({ id }) => id)

describe("JobAdmin.remove", () => {
  it.effect("cancels open jobs first, so that the video fails and the hook runs", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, runner, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      yield* server.admin.remove(held.job.id)
      deepStrictEqual(jobsOf(world), [])
      assert.strictEqual(videoOf(world, video).state, "TranscodingFailed")
      deepStrictEqual(
        world.told.map(({ hook }) => hook),
        ["transcodingEnded"]
      )
      const late = aResult(world, 360)
      assert.strictEqual(yield* outcome(succeed(server, held, late)), "UnknownJob")
      assert.strictEqual(late.released(), 1)
      assert.strictEqual(yield* outcome(server.admin.remove(held.job.id)), "UnknownJob")
      yield* goOn(server, runner)
    })
  )

  it.effect("removes all jobs that depend on it in every state, and no others", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const top = aJob({ state: "Completed" })
      const middle = aJob({ state: "Pending", parentId: Option.some(top.id) })
      const low = aJob({ state: "WaitingForParent", parentId: Option.some(middle.id) })
      const failed = aJob({ state: "Errored", parentId: Option.some(top.id) })
      const processed = aJob({ state: "Processing", parentId: Option.some(failed.id) })
      const stranger = aJob()
      yield* insert(world, top, middle, low, failed, processed, stranger)
      yield* server.admin.remove(middle.id)
      deepStrictEqual(idsIn(world), [top.id, failed.id, processed.id, stranger.id])
      yield* server.admin.remove(top.id)
      deepStrictEqual(idsIn(world), [stranger.id])
      assert.strictEqual(yield* outcome(server.admin.remove(aJobId())), "UnknownJob")
    })
  )

  it.effect("refuses while the result of one of them is being stored, and changes nothing", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess({ around: gate.around })
      const { world } = server
      const { held, runner, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const parent = aJob({ state: "Pending" })
      yield* insert(world, parent)
      const child = { ...held.job, parentId: Option.some(parent.id) }
      world.state.jobs.set(child.id, child)
      const storing = yield* Effect.fork(succeed(server, held))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      for (const id of [held.job.id, parent.id]) {
        const error = yield* Effect.flip(server.admin.remove(id))
        assert.strictEqual(error._tag, "JobNotRemovable")
        assert.strictEqual(jobOf(world, parent.id).state, "Pending")
      }
      yield* gate.open
      yield* asTimeGoesBy(storing.await)
      assert.strictEqual(videoOf(world, video).state, "Published")
      yield* server.admin.remove(parent.id)
      deepStrictEqual(jobsOf(world), [])
      assert.lengthOf(videoOf(world, video).files, 1)
      yield* goOn(server, runner)
    })
  )
})

describe("a job is removed", () => {
  it.effect("just when its result was published and the answer of the database is lost: the rendition stays", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const other = yield* startProcess(world)
      const all = yield* given(other)
      const around: Around = (call, effect) => {
        if (call !== "VideoStore.save") return effect
        const lost = Effect.fail(portError(call)) as Effect.Effect<never, never>
        return effect.pipe(Effect.zipLeft(Effect.orDie(other.admin.remove(all.held.job.id))), Effect.zipRight(lost))
      }
      const server = yield* startProcess(world, { around })
      yield* asTimeGoesBy(Effect.ignore(succeed(server, all.held, all.result)))
      assert.isFalse(isKept(world, all))
      assert.lengthOf(videoOf(world, all.video).files, 1)
      yield* assertConsistent(world)
      yield* goOn(other, all.runner)
    })
  )

  for (const fault of faults) {
    it.effect(`when a port ${fault}: the call can be made again`, () =>
      Effect.gen(function* () {
        const again: Scenario<Given>["afterwards"] = (other, all) =>
          Effect.gen(function* () {
            const { id } = all.held.job
            assert.include(["ok", "UnknownJob"], yield* outcome(other.admin.remove(id)))
            assert.isFalse(isKept(other.world, all))
            yield* goOn(other, all.runner)
            assert.lengthOf(videoOf(other.world, all.video).files, 1)
          })
        const when: Scenario<Given>["when"] = (server, { held }) => server.admin.remove(held.job.id)
        const { calls } = yield* sweep({ given, when, afterwards: again }, fault, faults)
        assert.isAbove(calls, 5)
      })
    )
  }
})
