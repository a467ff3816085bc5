import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewRunner } from "@runner-connector/contracts"
import { Context, DateTime, Duration, Effect, Option } from "effect"
import { RunnerId } from "../../src/domain/Ids.ts"
import { RunnerStore } from "../../src/ports/RunnerStore.ts"
import { makeWatch } from "../support/calls.ts"
import { aProcess, nobody, type Process } from "../support/Process.ts"

const storyboard = "generate-video-storyboard"

const reason = (server: Process, job: ReturnType<typeof aJob>) =>
  Effect.map(server.admin.explain([job]), (reasons) => Option.fromNullable(reasons.get(job.id)?._tag))

describe("JobAdmin.explain", () => {
  it.effect("tells what each waiting job waits for, and nothing of the others", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { registrationToken } = yield* server.runners.createRegistrationToken
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
        free: "FreeRunner",
        capable: "CapableRunner",
        time: "Time",
        parent: "Parent",
        held: undefined,
        ended: undefined
      })
    })
  )

  it.effect("changes its mind when a runner that knows the type registers", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const job = aJob({ type: storyboard })
      deepStrictEqual(yield* reason(server, job), Option.some("CapableRunner"))
      const { registrationToken } = yield* server.runners.createRegistrationToken
      const version = Option.some("0.4.0")
      yield* server.runners.register({ ...nobody, version, registrationToken, name: "new", description: Option.none() })
      deepStrictEqual(yield* reason(server, job), Option.some("FreeRunner"))
    })
  )

  it.effect("looks at more runners than one page holds, and at none when nothing is pending", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { record } = yield* server.runners.createRegistrationToken
      const store = Context.get(server.world.ports, RunnerStore)
      for (let n = 0; n < 230; n++) {
        const version = n === 0 ? Option.some("0.4.0") : Option.none()
        yield* store.insert(aNewRunner({ version, registrationTokenId: record.id }))
      }
      assert.strictEqual(server.world.state.runners.get(RunnerId.make(2))?.version._tag, "Some")
      deepStrictEqual(yield* reason(server, aJob({ type: storyboard })), Option.some("FreeRunner"))
      assert.strictEqual(watch.count("RunnerStore.list"), 3)
      yield* server.admin.explain([aJob({ state: "Processing" })])
      assert.strictEqual(watch.count("RunnerStore.list"), 3)
    })
  )
})
