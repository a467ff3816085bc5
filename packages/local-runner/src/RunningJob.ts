import { Path } from "@effect/platform"
import { spanned } from "@runner-connector/core"
import { type Cause, Effect, Exit, Redacted, Ref } from "effect"
import * as Backoff from "./Backoff.ts"
import * as FailureMessage from "./FailureMessage.ts"
import { heartbeat } from "./Heartbeat.ts"
import type { JobEnvironment, JobError, JobResult, JobType } from "./jobs/JobType.ts"
import type { Session } from "./Session.ts"
import * as WorkFolders from "./WorkFolders.ts"
import { isRefused, isSettled, isUnavailable, ServerUnavailable, type WireError } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"
import * as Transfers from "./wire/Transfers.ts"

/** An accepted job, with the job type that processes it. */
export interface Work {
  readonly type: JobType
  readonly payload: unknown
  readonly lease: RunnerCalls.Lease
}

/**
 * `reported`: the server knows the outcome or does not need it. `unreported`: the server still assigns the job to this runner.
 */
type Ending = "reported" | "unreported"

/** Retries of a download and of a delivery or report. Deliveries get more, because hours of work depend on them. */
const DOWNLOAD_RETRIES = 2
const DELIVERY_RETRIES = 7

/**
 * Processes an accepted job to one of four ends. The result is delivered, the failure is reported, the work is dropped
 * because the job is gone, or the job is given back because the runner stops. Never fails. Removes all files, except
 * the record of a job whose outcome could not be reported. Runs `made` when only the delivery is left.
 *
 * Start it in an uninterruptible region, so that an interruption before the first step still gives the job back.
 */
export const run: (
  session: Session,
  work: Work,
  made: Effect.Effect<void>
) => Effect.Effect<void, never, JobEnvironment> = spanned("RunningJob.run")(function* (session, work, made) {
  const { settings, wire } = session
  const folder = yield* Effect.exit(WorkFolders.open(settings.workDirectory, wire.url.origin, work.lease))
  const doing = Exit.match(folder, {
    onFailure: (cause) => report(session, work, cause),
    onSuccess: (path) => perform(session, work, { folder: path, made })
  })
  const exit = yield* Effect.exit(Effect.interruptible(doing))
  const ending = Exit.isSuccess(exit) ? exit.value : yield* giveBack(session, work)
  if (Exit.isSuccess(folder)) yield* WorkFolders.close(folder.value, { keepRecord: ending === "unreported" })
})

/** Processes the job and reports the outcome. Fails only by interruption. */
const perform = (
  session: Session,
  work: Work,
  { folder, made }: { readonly folder: string; readonly made: Effect.Effect<void> }
): Effect.Effect<Ending, never, JobEnvironment> =>
  Effect.gen(function* () {
    const progress = yield* Ref.make(0)
    const doing = attempt(session, work, folder, progress).pipe(
      Effect.zipLeft(made),
      Effect.flatMap((result) => deliver(session, work, result))
    )
    return yield* work.type.updatesItself ? doing : Effect.raceFirst(doing, heartbeat(session, work.lease, progress))
  }).pipe(
    Effect.catchTag("JobGone", () =>
      Effect.as(Effect.logWarning("The job is gone, so its work is dropped"), "reported" as const)
    ),
    Effect.catchAllCause((cause) => report(session, work, cause, folder))
  )

const attempt = (
  { settings, sources, wire }: Session,
  { lease, payload, type }: Work,
  directory: string,
  progress: Ref.Ref<number>
): Effect.Effect<JobResult, JobError, JobEnvironment> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    return yield* type.run({
      payload,
      directory,
      encoder: settings.encoder,
      stallTimeout: settings.stallTimeout,
      download: (url, name) => {
        const file = path.join(directory, name)
        return sources
          .download(lease, url, file)
          .pipe(Backoff.retryWhileUnavailable(settings.retryDelay, DOWNLOAD_RETRIES))
      },
      update: (update) => RunnerCalls.update(wire, lease, update),
      progress: (share) => Ref.set(progress, Math.floor(Math.min(Math.max(share, 0), 0.99) * 100))
    })
  })

/** Delivers the result. Retries while the server is unavailable, because hours of work depend on it. */
const deliver = ({ settings, wire }: Session, { lease }: Work, { fields, files }: JobResult) =>
  Effect.gen(function* () {
    const retrying = Backoff.retryWhileUnavailable(settings.retryDelay, DELIVERY_RETRIES)
    for (const file of files) {
      if (file.customUpload) yield* Transfers.upload(wire, file.customUpload, file).pipe(retrying)
    }
    const attached = files.filter(({ customUpload }) => customUpload === undefined)
    yield* RunnerCalls.success(wire, lease, { fields, files: attached }).pipe(retrying)
    yield* Effect.logInfo("Delivered the result")
    return "reported" as const
  }).pipe(
    Effect.catchIf(
      (error) => isRefused(error) && error.operation === "success" && isSettled(error),
      (error) =>
        Effect.as(Effect.logWarning("The server does not need the result any more", error.message), "reported" as const)
    )
  )

/** Reports to the server that the attempt has failed. */
const report = (
  { settings, wire }: Session,
  { lease }: Work,
  cause: Cause.Cause<unknown>,
  folder = settings.workDirectory
): Effect.Effect<Ending> => {
  const { jobToken, runnerToken } = lease
  const secrets = [`${folder}/`, folder, settings.workDirectory, Redacted.value(jobToken), Redacted.value(runnerToken)]
  const message = FailureMessage.make(cause, secrets)
  return Effect.logError("The job failed", message).pipe(
    Effect.zipRight(RunnerCalls.error(wire, lease, message)),
    Backoff.retryWhileUnavailable(settings.retryDelay, DELIVERY_RETRIES),
    endingOf("The failure could not be reported")
  )
}

/** Gives the job back because the runner stops. */
const giveBack = ({ settings, wire }: Session, { lease }: Work): Effect.Effect<Ending> =>
  RunnerCalls.abort(wire, lease, "Runner stopped").pipe(
    Effect.timeoutFail({
      duration: settings.shutdownTimeout,
      onTimeout: () => new ServerUnavailable({ operation: "abort", detail: "no response in time" })
    }),
    Effect.zipLeft(Effect.logInfo("Gave the job back")),
    endingOf("The job could not be given back")
  )

/** Any response of the server counts as reported, even a refusal. */
const endingOf =
  (warning: string) =>
  (reporting: Effect.Effect<void, WireError>): Effect.Effect<Ending> =>
    Effect.matchEffect(reporting, {
      onSuccess: () => Effect.succeed("reported"),
      onFailure: (error) =>
        Effect.as(Effect.logWarning(warning, error.message), isUnavailable(error) ? "unreported" : "reported")
    })
