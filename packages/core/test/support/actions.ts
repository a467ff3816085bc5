import { Context, Effect, Option, type Redacted, Stream } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { JobId } from "../../src/domain/Ids.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { nobody, type Process } from "./Process.ts"
import { type Result, resultFor } from "./results.ts"
import type { World } from "./World.ts"

export type Token = Redacted.Redacted<string>

/** A registered runner with the data of its program. */
export interface Registered {
  readonly name: string
  readonly token: Token
}

/** The lease of a runner. */
export interface Held {
  readonly job: RunnerJob
  /** The fields that every call about the job sends. */
  readonly claim: {
    readonly id: JobId
    readonly runnerToken: Token
    readonly jobToken: Token
    readonly caller: typeof nobody
  }
}

/** Puts a file into storage, as a host does before a request. */
export const store = (world: World, key: string, bytes: Uint8Array) =>
  Context.get(world.ports, FileStorage).write(FileKey.make(key), Stream.make(bytes))

/** Deletes a file in storage. */
export const removeFile = (world: World, key: string) => Context.get(world.ports, FileStorage).remove(FileKey.make(key))

export const readText = (world: World, key: string) =>
  Context.get(world.ports, FileStorage).read(FileKey.make(key)).pipe(Stream.decodeText(), Stream.mkString)

export const register = (process: Process, name = "gpu-1"): Effect.Effect<Registered> =>
  Effect.gen(function* () {
    const { registrationToken } = yield* process.runners.createRegistrationToken()
    const version = Option.some("0.4.0")
    const registration = { registrationToken, name, description: Option.none(), ip: nobody.ip, version }
    const { runnerToken } = yield* process.runners.register(registration)
    return { name, token: runnerToken }
  }).pipe(Effect.orDie)

/** Transcodes a minute of 720p into 360 and 480 lines by default. */
export const takeIn = (
  process: Process,
  over: Partial<TranscodeVideo> & { readonly source?: Uint8Array } = {}
): Effect.Effect<Video> =>
  Effect.gen(function* () {
    const { source = Media.aVideo(), ...request } = over
    yield* store(process.world, "uploads/cat.mov", source)
    return yield* process.transcoding.transcodeVideo({
      path: "uploads/cat.mov",
      destination: "videos/cat",
      settings: { resolutions: [360, 480] },
      ...request
    })
  }).pipe(Effect.orDie)

export const request = (process: Process, runner: Registered, jobTypes?: ReadonlyArray<string>) =>
  process.jobs.request({ runnerToken: runner.token, jobTypes: Option.fromNullable(jobTypes), caller: nobody })

export const accept = (process: Process, runner: Registered, id: JobId) =>
  Effect.map(
    process.jobs.accept({ id, runnerToken: runner.token, caller: nobody }),
    ({ job, jobToken }): Held => ({ job, claim: { id: job.id, runnerToken: runner.token, jobToken, caller: nobody } })
  )

/** Accepts the first job of the queue. */
export const acceptNext = (process: Process, runner: Registered) =>
  Effect.gen(function* () {
    const [first] = yield* request(process, runner)
    if (first === undefined) return yield* Effect.dieMessage("There is no job to accept")
    return yield* accept(process, runner, first.id)
  })

/** Takes a video in, and lets a new runner accept its first job. */
export const aHeldJob = (process: Process, over: Parameters<typeof takeIn>[1] = {}) =>
  Effect.gen(function* () {
    const runner = yield* register(process)
    const video = yield* takeIn(process, over)
    const held = yield* acceptNext(process, runner)
    return { ...held, held, runner, video }
  })

/** Fails the next job. It ends when it may fail only once. */
export const failNext = (process: Process, runner: Registered): Effect.Effect<RunnerJob> =>
  Effect.gen(function* () {
    const { claim, job } = yield* acceptNext(process, runner)
    yield* process.jobs.error({ ...claim, message: "no space left" })
    return jobOf(process.world, job.id)
  }).pipe(Effect.orDie)

/** Retries the job. */
export const retry = (process: Process, id: JobId) => {
  process.world.reopened += 1
  return process.admin.retry(id)
}

/** The resolution of the job. */
export const resolutionOf = (job: RunnerJob): number =>
  (job.payload as { readonly output: { readonly resolution: number } }).output.resolution

/** Sends a result, by default a good one. */
export const succeed = (process: Process, held: Held, result: Result<object> = resultFor(process.world, held.job)) =>
  process.jobs.success({ ...held.claim, payload: result.payload, release: result.release })

export const jobOf = (world: World, id: JobId): RunnerJob => {
  const job = world.state.jobs.get(id)
  if (job === undefined) throw new Error(`There is no job ${id}`)
  return job
}

export const videoOf = (world: World, { id }: Pick<Video, "id">): Video => {
  const video = world.state.videos.get(id)
  if (video === undefined) throw new Error(`There is no video ${id}`)
  return video
}

export const videosOf = (world: World): ReadonlyArray<Video> => Array.from(world.state.videos.values())

export const jobsOf = (world: World): ReadonlyArray<RunnerJob> => Array.from(world.state.jobs.values())
