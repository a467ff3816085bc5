import { DateTime, Effect, Option, Schema } from "effect"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { JobTypes, VideoChange } from "../../jobs/JobType.ts"
import type { UploadError } from "../../jobs/UploadedFile.ts"
import type { FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashJobToken, hashToken } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { attemptOf } from "../engine/attempt.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { makeVideoWritten } from "../engine/written.ts"
import { InvalidPayload, JobNotProcessing } from "../errors.ts"
import { JobLease, type LeaseCall, type LeaseError, type LeaseHolder } from "./JobLease.ts"
import { Runners } from "./Runners.ts"
import { wrongPayload } from "./wrongPayload.ts"

const isEmpty = (payload: unknown): boolean =>
  payload === undefined || (typeof payload === "object" && payload !== null && Object.keys(payload).length === 0)

/** Writes the change of a report into the video of its job. */
const makeChange = Effect.gen(function* () {
  const videos = yield* VideoStore
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten

  return ({ videoId }: RunnerJob, { change }: VideoChange) =>
    Effect.gen(function* () {
      const video = Option.flatten(yield* Effect.transposeMapOption(videoId, videos.find))
      if (Option.isNone(video)) return
      const next = change(video.value, yield* DateTime.now)
      if (next === video.value) return
      yield* afterCommit.run({
        write: videos.save(next, []),
        written: wasWritten(next),
        effects: () => Effect.void
      })
    }).pipe(retryConflicts)
})

/** Handles reports that carry more than progress. */
const makeReport = Effect.gen(function* () {
  const lease = yield* JobLease
  const read = yield* attemptOf
  const change = yield* makeChange

  return Effect.fnUntraced(function* (holder: LeaseHolder, payload: unknown) {
    const job = yield* lease.jobOf(holder)
    const known = Option.getOrUndefined(read(job))
    const updates = known?.type.updates
    if (known === undefined || updates === undefined) {
      return yield* new InvalidPayload({ detail: "An update of this type of job carries no payload" })
    }
    const update: unknown = yield* Effect.mapError(
      Schema.decodeUnknown(updates.payload, { errors: "all" })(payload),
      wrongPayload
    )
    // A report after the result is ignored. It is not an error of the runner.
    if (job.state !== "Processing") return
    const changed = yield* updates.apply({ ...known.content, update }).pipe(
      Effect.catchTags({
        UpdateRefused: ({ message }) => new InvalidPayload({ detail: message }),
        LiveOver: () => new JobNotProcessing({ id: job.id, state: job.state })
      })
    )
    if (Option.isSome(changed)) yield* change(job, changed.value)
  })
})

/**
 * Extends the lease, stores the progress and passes the payload to the job type. Without effect, and no error, once the
 * result has arrived.
 */
export type Update = (
  call: LeaseCall & { readonly progress: Option.Option<number>; readonly payload: unknown }
) => Effect.Effect<void, LeaseError | InvalidPayload | FileStorageError | UploadError>

/** `update` over the ports. Progress alone takes one statement, which authenticates, as it is most of the traffic. */
export const makeUpdate: Effect.Effect<
  Update,
  never,
  JobStore | VideoStore | JobTypes | JobLease | Runners | AfterCommit
> = Effect.gen(function* () {
  const store = yield* JobStore
  const lease = yield* JobLease
  const runners = yield* Runners
  const report = yield* makeReport

  return spanned("RunnerJobs.update")(function* (call) {
    if (!isEmpty(call.payload)) yield* report(yield* lease.identify(call), call.payload)
    const { id, progress } = call
    const [runnerTokenHash, jobTokenHash] = [yield* hashToken(call.runnerToken), yield* hashJobToken(call.jobToken)]
    const at = yield* DateTime.now
    const beat = yield* store.heartbeat({ id, runnerTokenHash, jobTokenHash, at, progress })
    if (Option.isSome(beat)) return yield* runners.noteContact(beat.value.runner, call.caller, at)
    const holder = yield* lease.identify(call)
    const job = yield* lease.jobOf(holder)
    // The last report can cross the result. It is not an error of the runner.
    if (job.state !== "Completed") return yield* new JobNotProcessing({ id, state: job.state })
    yield* runners.noteContact(holder.runner, call.caller, at)
  })
})
