import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewRunner } from "@runner-connector/contracts"
import { Context, DateTime, Duration, Effect, Option, TestClock } from "effect"
import { RunnerId } from "../../src/domain/Ids.ts"
import { RunnerStore } from "../../src/ports/RunnerStore.ts"
import { aHeldJob, register } from "../support/actions.ts"
import { makeWatch } from "../support/calls.ts"
import { aProcess, nobody, type Process } from "../support/Process.ts"

const storyboard = "generate-video-storyboard"

const reason = (server: Process, job: ReturnType<typeof aJob>) =>
  Effect.map(server.admin.explain([job]), (reasons) => Option.fromNullable(reasons.get(job.id)?._tag))

describe("JobAdmin.explain", () => {
  it.effect("tells what each waiting job waits for, and nothing of the others", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { registrationToken } = yield* server.runners.createRegistrationToken()
      yield* server.runners.register({ ...nobody, registrationToken, name: "old", description: Option.none() })
      const soon = DateTime.addDuration(yield* DateTime.now, Duration.minutes(1))
      const jobs = {
        free: aJob(),
        capable: aJob({ type: storyboard }),
        time: aJob({ notBefore: Option.some(soon) }),
        parent: aJob({ state: "WaitingForParent" }),
        held: aJob({ state: "Processing" }),
        ended: aJob({ state: "Completed" })
      }
      const reasons = yield* server.admin.explain(Object.values(jobs))
      const tags = Object.entries(jobs).map(([name, { id }]) => [name, reasons.get(id)?._tag])
      deepStrictEqual(Object.fromEntries(tags), {
        free: "Acceptance",
        capable: "Version",
        time: "Time",
        parent: "Parent",
        held: undefined,
        ended: undefined
      })
      assert.strictEqual(reasons.size, 4)
    })
  )

  it.effect("changes its mind when a runner that knows the type registers", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const job = aJob({ type: storyboard })
      deepStrictEqual(yield* reason(server, job), Option.some("CapableRunner"))
      const { registrationToken } = yield* server.runners.createRegistrationToken()
      const version = Option.some("0.4.0")
      yield* server.runners.register({ ...nobody, version, registrationToken, name: "new", description: Option.none() })
      deepStrictEqual(yield* reason(server, job), Option.some("Acceptance"))
    })
  )

  it.effect("waits for a runner that is gone to come online", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* register(server)
      deepStrictEqual(yield* reason(server, aJob()), Option.some("Acceptance"))
      yield* TestClock.adjust("10 minutes")
      deepStrictEqual(yield* reason(server, aJob()), Option.some("Connection"))
    })
  )

  it.effect("waits for a free runner only as long as none is free", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aHeldJob(server)
      deepStrictEqual(yield* reason(server, aJob()), Option.some("FreeRunner"))
      yield* server.jobs.abort({ ...held.claim, reason: "stopped" })
      deepStrictEqual(yield* reason(server, aJob()), Option.some("Acceptance"))
    })
  )

  it.effect("looks at every runner however many there are, and at none when nothing is pending", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { record } = yield* server.runners.createRegistrationToken()
      const store = Context.get(server.world.ports, RunnerStore)
      for (let n = 0; n < 1230; n++) {
        const version = n === 0 ? Option.some("0.4.0") : Option.none()
        yield* store.insert(aNewRunner({ version, registrationTokenId: record.id }))
      }
      assert.strictEqual(server.world.state.runners.get(RunnerId.make(2))?.version._tag, "Some")
      deepStrictEqual(yield* reason(server, aJob({ type: storyboard })), Option.some("Acceptance"))
      assert.strictEqual(watch.count("RunnerStore.workloads"), 1)
      yield* server.admin.explain([aJob({ state: "Processing" })])
      assert.strictEqual(watch.count("RunnerStore.workloads"), 1)
    })
  )
})
