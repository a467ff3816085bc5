import { Effect, Option, Redacted, Schema } from "effect"
import type { JobId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { EventConsumers } from "../ports/EventConsumers.ts"
import type { EventStore } from "../ports/EventStore.ts"
import { JobStore } from "../ports/JobStore.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import { Runners } from "../usecases/runner/Runners.ts"
import { RunnerCalls, type RunnerRefused, type TestClaim } from "./RunnerCalls.ts"
import { aFile, resultFor, type TestFile, type TestPayload } from "./results.ts"
import { type TestLease, TestRunners } from "./TestRunners.ts"
import { settled } from "./time.ts"

/** The runner found no job that it could take. */
export class NoJob extends Schema.TaggedError<NoJob>()("NoJob", {
  runner: Schema.String,
  /** The states of all jobs. */
  jobs: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `There is no job for ${this.runner}. Jobs: ${this.jobs.join(", ") || "none"}`
  }
}

/** A payload in which files may be bytes alone. */
export type GivenPayload = Readonly<Record<string, string | Uint8Array | TestFile>>

/** Which of the available jobs to take. */
export interface TakeOptions {
  readonly type?: string
  readonly where?: (job: RunnerJob) => boolean
}

/** A runner that does what a test says, one job at a time. Each call returns when the server has done all that follows. */
export interface TestRunner {
  readonly name: string
  /** The jobs that a request returns, best first. */
  readonly available: () => Effect.Effect<ReadonlyArray<RunnerJob>, RunnerRefused>
  /** Takes the first available job, or the first one that fits. */
  readonly take: (options?: TakeOptions) => Effect.Effect<RunnerJob, RunnerRefused | NoJob>
  /** Reports progress in percent, or the payload of a live. */
  readonly update: (report?: {
    readonly progress?: number
    readonly payload?: GivenPayload
  }) => Effect.Effect<void, RunnerRefused>
  /**
   * Hands in a result. By default it is one that the server accepts, for each built-in type. The given fields replace
   * those of that result. A result that is not as requested fails the attempt.
   */
  readonly succeed: (result?: GivenPayload) => Effect.Effect<void, RunnerRefused>
  /** Reports that the job failed. */
  readonly fail: (message: string) => Effect.Effect<void, RunnerRefused>
  /** Gives the job back. This does not count as a failure. */
  readonly abort: (reason?: string) => Effect.Effect<void, RunnerRefused>
  /**
   * Sends no heartbeats any more, as if the machine was switched off. After that the runner can take another job, or
   * report late.
   */
  readonly goSilent: () => Effect.Effect<void>
}

/** What a test runner needs. */
export type Requirements = Runners | RunnerCalls | TestRunners | JobStore | VideoStore | EventStore | EventConsumers

const completeFiles = (payload: GivenPayload): TestPayload =>
  Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [name, value instanceof Uint8Array ? aFile(value, name) : value])
  )

const findJob = (id: JobId): Effect.Effect<RunnerJob, never, JobStore> =>
  Effect.flatMap(JobStore, (store) => store.family(id)).pipe(
    Effect.flatMap(([job]) => Effect.fromNullable(job)),
    Effect.orDie
  )

const goodResult = (id: JobId) =>
  Effect.gen(function* () {
    const job = yield* findJob(id)
    const videos = yield* VideoStore
    const video = Option.flatten(yield* Effect.orDie(Effect.transposeMapOption(job.videoId, videos.find)))
    return resultFor(job, video)
  })

const noJob = (runner: string): Effect.Effect<never, NoJob, JobStore> =>
  Effect.gen(function* () {
    const { data } = yield* Effect.orDie((yield* JobStore).list({ start: 0, count: 20 }))
    return yield* new NoJob({ runner, jobs: data.map(({ state, type }) => `${type} ${state}`) })
  })

/** A registered runner and the job that it has. */
interface Session {
  readonly name: string
  readonly token: string
  readonly calls: RunnerCalls["Type"]
  readonly leases: Set<TestLease>
  lease: TestLease | undefined
}

const leaseOf = ({ lease, name }: Session): Effect.Effect<TestLease> =>
  lease === undefined ? Effect.dieMessage(`${name} has no job. Call take() first.`) : Effect.succeed(lease)

/** Makes a call about the job, and waits for all that follows from it. */
const report = <E, R>(session: Session, call: (claim: TestClaim) => Effect.Effect<void, E, R>) =>
  Effect.suspend(() => leaseOf(session)).pipe(
    Effect.flatMap(({ claim }) => call(claim)),
    Effect.zipLeft(settled)
  )

/** Makes a call that ends the attempt, whatever the server answers. */
const end = <E, R>(session: Session, call: (claim: TestClaim) => Effect.Effect<void, E, R>) =>
  Effect.ensuring(
    report(session, call),
    Effect.sync(() => {
      if (session.lease !== undefined) session.leases.delete(session.lease)
      session.lease = undefined
    })
  )

const listAvailable = ({ calls, token }: Session, type?: string) =>
  Effect.flatMap(calls.request(token, type === undefined ? undefined : [type]), Effect.forEach(findJob))

const take = (session: Session, { type, where = () => true }: TakeOptions = {}) =>
  Effect.gen(function* () {
    const { calls, leases, name, token } = session
    if (session.lease?.isSilent === false) return yield* Effect.dieMessage(`${name} has a job. Use another runner.`)
    const job = (yield* listAvailable(session, type)).find(where)
    if (job === undefined) return yield* noJob(name)
    const lease = { claim: yield* calls.accept(token, job.id), isSilent: false }
    session.lease = lease
    leases.add(lease)
    yield* settled
    return yield* findJob(lease.claim.id)
  })

const succeed = (session: Session, given: GivenPayload = {}) =>
  end(session, (claim) =>
    Effect.flatMap(goodResult(claim.id), (good) => session.calls.success(claim, { ...good, ...completeFiles(given) }))
  )

const register = (name?: string) =>
  Effect.gen(function* () {
    const { leases, nextName } = yield* TestRunners
    const calls = yield* RunnerCalls
    const session = { name: name ?? nextName(), calls, leases, lease: undefined }
    const { registrationToken } = yield* Effect.orDie((yield* Runners).createRegistrationToken())
    const registration = { name: session.name, registrationToken: Redacted.value(registrationToken) }
    return { ...session, token: yield* calls.register(registration) } as Session
  })

const goSilent = (session: Session) =>
  Effect.suspend(() => leaseOf(session)).pipe(
    Effect.map((lease) => {
      lease.isSilent = true
    })
  )

/** Registers a runner with the server. Names are `test-runner-1`, `test-runner-2` and so on, unless one is given. */
export const makeRunner = (
  options: { readonly name?: string } = {}
): Effect.Effect<TestRunner, RunnerRefused, Requirements> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<Requirements>()
    const provided = <A, E>(effect: Effect.Effect<A, E, Requirements>) => Effect.provide(effect, context)
    const session = yield* register(options.name)
    const { calls, name } = session
    return {
      name,
      available: () => provided(listAvailable(session)),
      take: (options) => provided(take(session, options)),
      update: ({ payload, progress } = {}) =>
        provided(
          report(session, (claim) => calls.update(claim, { progress, payload: payload && completeFiles(payload) }))
        ),
      succeed: (result) => provided(succeed(session, result)),
      fail: (message) => provided(end(session, (claim) => calls.error(claim, message))),
      abort: (reason = "Runner stopped") => provided(end(session, (claim) => calls.abort(claim, reason))),
      goSilent: () => goSilent(session)
    }
  })
