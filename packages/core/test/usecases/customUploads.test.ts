import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJobId } from "@runner-connector/contracts"
import { Effect, Option, Redacted } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { uploadKeyOf } from "../../src/ports/Tokens.ts"
import { until } from "../../src/testing/eventually.ts"
import type { UploadAddress } from "../../src/usecases/runner/CustomUploads.ts"
import { aHeldJob, type Held, jobOf, readText, succeed } from "../support/actions.ts"
import { makeWatch, outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { type Around, aProcess, type Process } from "../support/Process.ts"
import { upload } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

const FILE = "videoFile"

const addressOf = ({ claim }: Held, file = FILE): Effect.Effect<UploadAddress> =>
  Effect.map(uploadKeyOf(claim.jobToken), (key) => ({ id: claim.id, key, file }))

const begun = (options: { readonly around?: Around; readonly enabled?: boolean } = {}) =>
  Effect.gen(function* () {
    const { enabled = true, ...rest } = options
    const server = yield* aProcess({ ...rest, settings: { customUploads: enabled } })
    const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    return { server, held, address: yield* addressOf(held) }
  })

const aFile = ({ world }: Process, text: string) => upload(world, "part", new TextEncoder().encode(text))

const waitingIn = ({ world }: Process) =>
  Effect.map(world.files, (files) => files.filter((key) => key.startsWith("custom-uploads/")))

const keyOf = ({ job }: Held, file = FILE): string => `custom-uploads/${Option.getOrThrow(job.attemptId)}-${file}`

const change = ({ world }: Process, { job }: Held, over: Partial<RunnerJob>) => {
  world.state.jobs.set(job.id, { ...jobOf(world, job.id), ...over })
}

describe("the files that a runner may upload before its result", () => {
  it.effect("are those of the result of the job's type", () =>
    Effect.gen(function* () {
      const { server } = yield* begun()
      deepStrictEqual(server.customUploads.offered("vod-hls-transcoding"), ["videoFile", "resolutionPlaylistFile"])
      deepStrictEqual(server.customUploads.offered("unheard-of"), [])
    })
  )

  it.effect("are none unless the host enables it", () =>
    Effect.gen(function* () {
      const { address, held, server } = yield* begun({ enabled: false })
      deepStrictEqual(server.customUploads.offered("vod-hls-transcoding"), [])
      assert.strictEqual(yield* outcome(server.customUploads.check(address)), "UnknownJob")
      change(server, held, { uploads: [FILE] })
      deepStrictEqual(yield* server.customUploads.waiting(held.claim), [])
    })
  )
})

describe("the address of an upload", () => {
  it.effect("is valid for the file, the job and the attempt that it names", () =>
    Effect.gen(function* () {
      const { address, held, server } = yield* begun()
      const check = (over: Partial<UploadAddress> = {}) => outcome(server.customUploads.check({ ...address, ...over }))
      assert.strictEqual(yield* check(), "ok")
      assert.strictEqual(yield* check({ file: "other" }), "UnknownJob")
      assert.strictEqual(yield* check({ key: held.claim.jobToken }), "UnknownJob")
      assert.strictEqual(yield* check({ key: Redacted.make("x") }), "UnknownJob")
      assert.strictEqual(yield* check({ id: aJobId() }), "UnknownJob")
    })
  )

  it.effect("is valid while the runner processes the job", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<Partial<RunnerJob>> = [
        { state: "Completing" },
        { runnerId: Option.none() },
        { attemptId: Option.none() },
        { type: "unheard-of" }
      ]
      for (const over of wrong) {
        const { address, held, server } = yield* begun()
        change(server, held, over)
        assert.strictEqual(yield* outcome(server.customUploads.check(address)), "UnknownJob", JSON.stringify(over))
      }
    })
  )
})

describe("an uploaded file", () => {
  it.effect("is recorded with the job and waits for the result", () =>
    Effect.gen(function* () {
      const { address, held, server } = yield* begun()
      deepStrictEqual(yield* server.customUploads.waiting(held.claim), [])
      yield* server.customUploads.store(address, aFile(server, "first"))
      deepStrictEqual(jobOf(server.world, held.job.id).uploads, [FILE])
      deepStrictEqual(
        (yield* server.customUploads.waiting(held.claim)).map(({ file, key }) => [file, String(key)]),
        [[FILE, keyOf(held)]]
      )
      assert.strictEqual(yield* readText(server.world, keyOf(held)), "first")
    })
  )

  it.effect("replaces an earlier one without another write of the job", () =>
    Effect.gen(function* () {
      const { address, held, server } = yield* begun()
      yield* server.customUploads.store(address, aFile(server, "first"))
      const { revision } = jobOf(server.world, held.job.id)
      yield* server.customUploads.store(address, aFile(server, "second"))
      assert.strictEqual(jobOf(server.world, held.job.id).revision, revision)
      assert.strictEqual(yield* readText(server.world, keyOf(held)), "second")
      yield* server.customUploads.store(yield* addressOf(held, "resolutionPlaylistFile"), aFile(server, "list"))
      deepStrictEqual(jobOf(server.world, held.job.id).uploads, [FILE, "resolutionPlaylistFile"])
    })
  )

  it.effect("is recorded before it is stored, so that an error of the storage leaves nothing unknown", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { address, held, server } = yield* begun(watch)
      watch.breakDown((call) => call === "FileStorage.adopt")
      const stored = outcome(server.customUploads.store(address, aFile(server, "lost")))
      assert.strictEqual(yield* stored, "FileStorageError")
      deepStrictEqual(jobOf(server.world, held.job.id).uploads, [FILE])
    })
  )

  it.effect("is recorded although the runner reports at the same moment", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { address, held, server } = yield* begun(meanwhile)
      const report = server.jobs.update({ ...held.claim, progress: Option.some(7), payload: undefined })
      meanwhile.before("JobStore.commit", report)
      yield* asTimeGoesBy(server.customUploads.store(address, aFile(server, "x")))
      const { progress, uploads } = jobOf(server.world, held.job.id)
      deepStrictEqual([progress, uploads], [Option.some(7), [FILE]])
    })
  )

  it.effect("is removed when its attempt has ended before it was stored", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { address, held, server } = yield* begun(meanwhile)
      meanwhile.before("FileStorage.adopt", server.jobs.abort({ ...held.claim, reason: "stopped" }))
      assert.strictEqual(yield* outcome(server.customUploads.store(address, aFile(server, "late"))), "UnknownJob")
      deepStrictEqual(yield* waitingIn(server), [])
    })
  )

  it.effect("stays when the database is away at the end, because the attempt may be running", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { address, server } = yield* begun(watch)
      watch.breakDown((call) => call === "JobStore.family" && watch.count("FileStorage.adopt") > 0)
      const stored = outcome(server.customUploads.store(address, aFile(server, "kept")))
      assert.strictEqual(yield* stored, "PersistenceError")
      assert.lengthOf(yield* waitingIn(server), 1)
    })
  )

  it.effect("is removed with its attempt", () =>
    Effect.gen(function* () {
      const { address, held, server } = yield* begun()
      yield* server.customUploads.store(address, aFile(server, "x"))
      yield* server.jobs.abort({ ...held.claim, reason: "stopped" })
      deepStrictEqual(yield* waitingIn(server), [])
      deepStrictEqual(jobOf(server.world, held.job.id).uploads, [])
      assert.strictEqual(yield* outcome(server.customUploads.waiting(held.claim)), "UnknownJob")
    })
  )

  it.effect("waits for no second result while the first one is being stored", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("VideoStore.save")
      const { address, held, server } = yield* begun(gate)
      yield* server.customUploads.store(address, aFile(server, "x"))
      yield* Effect.fork(succeed(server, held))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      deepStrictEqual(yield* server.customUploads.waiting(held.claim), [])
      yield* gate.open
      yield* asTimeGoesBy(until("it was published", () => jobOf(server.world, held.job.id).state === "Completed"))
      yield* asTimeGoesBy(Effect.repeat(waitingIn(server), { until: (files) => files.length === 0 }))
    })
  )
})
