import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aVideoId } from "@runner-connector/contracts"
import { Context, Effect } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { accept, jobOf, register, request } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, type Process } from "../support/Process.ts"

const insert = ({ world }: Process, ...jobs: ReadonlyArray<RunnerJob>) =>
  Context.get(world.ports, JobStore).insert(jobs as [RunnerJob, ...Array<RunnerJob>])

const privatePayload = { videoId: aVideoId(), place: { destination: "videos/cat", baseName: null } }

/** A pending job whose payloads its type can read. */
const aRendition = (over: Partial<RunnerJob> = {}) =>
  aJob({ payload: { output: { resolution: 360, fps: 25, separatedAudio: false } }, privatePayload, ...over })

const anEdit = (priority: number, ...requirements: ReadonlyArray<string>) =>
  aJob({
    type: "video-studio-transcoding",
    priority,
    requirements,
    payload: { tasks: [{ name: "cut", options: { start: 1 } }] },
    privatePayload: {
      ...privatePayload,
      separatedSound: false,
      previousState: "Published",
      expectedDuration: null,
      keepsSource: true
    }
  })

const idsOf = Effect.map((jobs: ReadonlyArray<RunnerJob>) => jobs.map(({ id }) => id))

describe("accepting a job that is gone", () => {
  it.effect("gives twenty runners that ask for one job a job each, as long as there are any", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("JobStore.commit", { opensAt: 20 })
      const server = yield* aProcess(gate)
      const jobs = Array.from({ length: 22 }, () => aRendition())
      yield* insert(server, ...jobs)
      const runners = yield* Effect.forEach(jobs.slice(2), (_, n) => register(server, `gpu-${n}`))
      const [first] = jobs
      assert.isDefined(first)
      const held = yield* Effect.forEach(runners, (runner) => accept(server, runner, first.id), {
        concurrency: "unbounded"
      })
      assert.strictEqual(new Set(held.map(({ job }) => job.id)).size, 20)
      const left = jobs.filter(({ id }) => jobOf(server.world, id).state === "Pending")
      deepStrictEqual(left, jobs.slice(-2), "the best of the others are given")
      for (const { claim } of held) {
        assert.strictEqual(yield* outcome(server.jobs.abort({ ...claim, reason: "" })), "ok")
      }
    })
  )

  it.effect("gives another job of the same type only, with no other tasks, and one that can be read", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const [winner, loser] = [yield* register(server, "winner"), yield* register(server, "loser")]
      const wanted = anEdit(0, "cut", "add-intro")
      const [more, broken, same] = [anEdit(1, "add-outro"), { ...anEdit(2, "cut"), payload: "?" }, anEdit(3, "cut")]
      yield* insert(server, wanted, more, broken, same, aRendition({ priority: -1 }))
      yield* accept(server, winner, wanted.id)
      assert.strictEqual((yield* accept(server, loser, wanted.id)).job.id, same.id)
      assert.strictEqual(yield* outcome(accept(server, loser, wanted.id)), "JobTaken")
    })
  )

  it.effect("gives a job that was shown to another runner rather than none, but last", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const [shown, loser] = [yield* register(server, "shown"), yield* register(server, "loser")]
      const [gone, first, second] = [aRendition({ state: "Completed" }), aRendition(), aRendition()]
      yield* insert(server, gone, first, second)
      deepStrictEqual(yield* idsOf(request(server, shown)), [first.id, second.id])
      assert.strictEqual((yield* accept(server, loser, gone.id)).job.id, second.id)
      assert.strictEqual((yield* accept(server, loser, gone.id)).job.id, first.id)
      assert.strictEqual(yield* outcome(accept(server, shown, first.id)), "JobTaken")
    })
  )
})
