import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Context, Effect, Option } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { until } from "../../src/testing/eventually.ts"
import {
  acceptNext,
  type Held,
  jobOf,
  jobsOf,
  type Registered,
  register,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { outcome, portError } from "../support/calls.ts"
import { faults } from "../support/faults.ts"
import { makeGate } from "../support/gate.ts"
import { interleave } from "../support/interleave.ts"
import { assertConsistent } from "../support/invariants.ts"
import { type Around, aProcess, type Process, startProcess } from "../support/Process.ts"
import { aResult, type Result } from "../support/results.ts"
import { goOn, type Scenario, sweep } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import { makeWorld, type World } from "../support/World.ts"

const insert = (world: World, ...jobs: Parameters<JobStore["Type"]["insert"]>[0]) =>
  Effect.orDie(Context.get(world.ports, JobStore).insert(jobs))

const idsIn = (world: World) => jobsOf(world).map(({ id }) => id)

describe("JobAdmin.remove", () => {
  it.effect("cancels what is open before, so that the video ends and is told to have ended", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
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

  it.effect("takes with it all that waits for it, however deep and in whatever state, and nothing else", () =>
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
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
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

interface Given {
  readonly runner: Registered
  readonly video: Video
  readonly held: Held
  readonly result: Result
}

const given = (server: Process): Effect.Effect<Given> =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360, 480] } })
    const held = yield* Effect.orDie(acceptNext(server, runner))
    return { runner, video, held, result: aResult(server.world, 360) }
  })

const anew = (all: Given, world: World): Given => ({ ...all, result: aResult(world, 360) })

const isKept = (world: World, { held }: Given): boolean => world.state.jobs.has(held.job.id)

/** Whichever came first: a rendition is published or there is no trace of it, and the uploads are let go once. */
const settled = (other: Process, all: Given, seen: Set<string>) =>
  Effect.gen(function* () {
    const { result, runner, video } = all
    yield* asTimeGoesBy(until("the uploads were let go", () => result.released() > 0))
    yield* goOn(other, runner)
    assert.strictEqual(result.released(), 1)
    const isPublished = videoOf(other.world, video).files.some(({ resolution }) => resolution === 360)
    if (isKept(other.world, all)) assert.isTrue(isPublished)
    seen.add(`${isKept(other.world, all) ? "kept" : "removed"}, ${isPublished ? "published" : "not published"}`)
  })

describe("a job is removed", () => {
  it.effect("at each point while another server takes its result: it is stored, or lost as a whole", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      const count = yield* interleave({
        given,
        anew,
        when: (server, { held, result }) => succeed(server, held, result),
        meanwhile: ({ given, other }) => other.admin.remove(given.held.job.id),
        afterwards: (other, all) => settled(other, all, seen)
      })
      assert.isAbove(count, 20)
      assert.sameMembers([...seen], ["kept, published", "removed, published", "removed, not published"])
    })
  )

  it.effect("by a server that is held up at each point, while another one takes the result", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      const count = yield* interleave({
        given,
        anew,
        when: (server, { held }) => server.admin.remove(held.job.id),
        meanwhile: ({ given, other }) => succeed(other, given.held, given.result),
        afterwards: (other, all) => settled(other, all, seen)
      })
      assert.isAbove(count, 5)
      assert.includeMembers([...seen], ["removed, published", "removed, not published"])
    })
  )

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
