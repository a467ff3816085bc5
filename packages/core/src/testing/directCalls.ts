import { Effect, Layer, Option, Record, Redacted } from "effect"
import { MemoryDisk } from "../ports/memory/MemoryDisk.ts"
import { RunnerJobs } from "../usecases/runner/RunnerJobs.ts"
import { Runners } from "../usecases/runner/Runners.ts"
import { RunnerCalls, RunnerRefused, type TestClaim } from "./RunnerCalls.ts"
import type { TestPayload } from "./results.ts"
import { uploaded } from "./uploaded.ts"

/** The version of the simulated runner program. */
export const VERSION = "0.4.0"

const caller = { ip: Option.none<string>(), version: Option.some(VERSION) }

const claimOf = ({ id, jobToken, runnerToken }: TestClaim) => ({
  id,
  jobToken: Redacted.make(jobToken),
  runnerToken: Redacted.make(runnerToken),
  caller
})

const makeUploads = Effect.map(MemoryDisk, (disk) => {
  let count = 0
  return (payload: TestPayload) => {
    const fields = Record.map(payload, (field) => {
      if (typeof field === "string") return field
      count += 1
      return uploaded(disk, `/test-uploads/${count}-${field.filename}`, field)
    })
    const paths = Object.values(fields).flatMap((field) => (typeof field === "string" ? [] : [field.path]))
    return { fields, release: Effect.sync(() => paths.forEach((path) => void disk.delete(path))) }
  }
})

const refused = (call: string) =>
  Effect.mapError(
    (error: { readonly _tag: string; readonly message: string }) =>
      new RunnerRefused({ call, code: error._tag, reason: error.message })
  )

/** Calls the use cases directly, as the routes of the wire do. */
export const layer: Layer.Layer<RunnerCalls, never, Runners | RunnerJobs | MemoryDisk> = Layer.effect(
  RunnerCalls,
  Effect.gen(function* () {
    const runners = yield* Runners
    const jobs = yield* RunnerJobs
    const upload = yield* makeUploads
    return {
      register: ({ name, registrationToken }) =>
        runners
          .register({
            ...{ name, registrationToken: Redacted.make(registrationToken), description: Option.none() },
            ...caller
          })
          .pipe(
            Effect.map(({ runnerToken }) => Redacted.value(runnerToken)),
            refused("register")
          ),
      request: (runnerToken, types) =>
        jobs.request({ runnerToken: Redacted.make(runnerToken), jobTypes: Option.fromNullable(types), caller }).pipe(
          Effect.map((found) => found.map(({ id }) => id)),
          refused("request")
        ),
      accept: (runnerToken, id) =>
        jobs.accept({ id, runnerToken: Redacted.make(runnerToken), caller }).pipe(
          Effect.map(({ job, jobToken }) => ({ id: job.id, runnerToken, jobToken: Redacted.value(jobToken) })),
          refused("accept")
        ),
      update: (claim, { payload, progress }) => {
        const { fields, release } = upload(payload ?? {})
        const report = { progress: Option.fromNullable(progress), payload: payload === undefined ? undefined : fields }
        return Effect.ensuring(jobs.update({ ...claimOf(claim), ...report }), release).pipe(refused("update"))
      },
      success: (claim, payload) => {
        const { fields, release } = upload(payload)
        return jobs.success({ ...claimOf(claim), payload: fields, release }).pipe(refused("success"))
      },
      error: (claim, message) => jobs.error({ ...claimOf(claim), message }).pipe(refused("error")),
      abort: (claim, reason) => jobs.abort({ ...claimOf(claim), reason }).pipe(refused("abort"))
    }
  })
)
