import { Path } from "@effect/platform"
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

/** A job that was accepted, with what is able to do it. */
export interface Work {
  readonly type: JobType
  readonly payload: unknown
  readonly holding: RunnerCalls.Holding
}

/** `told`: the server knows how the job ended, or does not care any more. `untold`: it still thinks that we have it. */
type Ending = "told" | "untold"

/** Downloads are tried this often again, deliveries and reports that: hours of work hang on the latter. */
const DOWNLOAD_RETRIES = 2
const DELIVERY_RETRIES = 7

/**
 * A job from its acceptance to its end, whatever that is: its result handed in, its failure reported, the work dropped
 * because the job is gone, or the job given back because the runner stops. It never fails, and leaves no file behind
 * but the record of a job whose end the server could not be told.
 *
 * To be started in an uninterruptible region: an interruption that comes before the first step must find it able to
 * give the job back.
 */
export const run: (session: Session, work: Work) => Effect.Effect<void, never, JobEnvironment> = Effect.fn(
  "RunningJob.run"
)(function* (session, work) {
  const { settings, wire } = session
  const folder = yield* Effect.exit(WorkFolders.open(settings.workDirectory, wire.url.origin, work.holding))
  const doing = Exit.match(folder, {
    onFailure: (cause) => report(session, work, cause),
    onSuccess: (path) => perform(session, work, path)
  })
  const exit = yield* Effect.exit(Effect.interruptible(doing))
  const ending = Exit.isSuccess(exit) ? exit.value : yield* giveBack(session, work)
  if (Exit.isSuccess(folder)) yield* WorkFolders.close(folder.value, { keepRecord: ending === "untold" })
})

/** Does the work and tells the server how it went. Fails by interruption alone. */
const perform = (session: Session, work: Work, folder: string): Effect.Effect<Ending, never, JobEnvironment> =>
  Effect.gen(function* () {
    const progress = yield* Ref.make(0)
    const doing = attempt(session, work, folder, progress).pipe(
      Effect.flatMap((result) => deliver(session, work, result))
    )
    return yield* work.type.updatesItself ? doing : Effect.raceFirst(doing, heartbeat(session, work.holding, progress))
  }).pipe(
    Effect.catchTag("JobGone", () =>
      Effect.as(Effect.logWarning("The job is gone; its work is dropped"), "told" as const)
    ),
    Effect.catchAllCause((cause) => report(session, work, cause, folder))
  )

const attempt = (
  { settings, wire }: Session,
  { holding, payload, type }: Work,
  directory: string,
  progress: Ref.Ref<number>
): Effect.Effect<JobResult, JobError, JobEnvironment> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    return yield* type.run({
      payload,
      directory,
      stallTimeout: settings.stallTimeout,
      download: (url, name) => {
        const file = path.join(directory, name)
        return Transfers.download(wire, holding, url, file).pipe(
          Backoff.patiently(settings.retryDelay, DOWNLOAD_RETRIES),
          Effect.as(file)
        )
      },
      update: (update) => RunnerCalls.update(wire, holding, update),
      progress: (share) => Ref.set(progress, Math.floor(Math.min(Math.max(share, 0), 0.99) * 100))
    })
  })

/** Hands in the result; once more and again when the server is unavailable, since hours of work hang on it. */
const deliver = ({ settings, wire }: Session, { holding }: Work, { fields, files }: JobResult) =>
  Effect.gen(function* () {
    const patiently = Backoff.patiently(settings.retryDelay, DELIVERY_RETRIES)
    for (const file of files) {
      if (file.customUpload) yield* Transfers.upload(wire, file.customUpload, file).pipe(patiently)
    }
    const attached = files.filter(({ customUpload }) => customUpload === undefined)
    yield* RunnerCalls.success(wire, holding, { fields, files: attached }).pipe(patiently)
    yield* Effect.logInfo("The result was handed in")
    return "told" as const
  }).pipe(
    Effect.catchIf(
      (error) => isRefused(error) && error.asked === "success" && isSettled(error),
      (error) => Effect.as(Effect.logWarning("The result is not wanted any more", error.message), "told" as const)
    )
  )

/** Tells the server that the try has failed. */
const report = (
  { settings, wire }: Session,
  { holding }: Work,
  cause: Cause.Cause<unknown>,
  folder = settings.workDirectory
): Effect.Effect<Ending> => {
  const { jobToken, runnerToken } = holding
  const secrets = [`${folder}/`, folder, settings.workDirectory, Redacted.value(jobToken), Redacted.value(runnerToken)]
  const message = FailureMessage.make(cause, secrets)
  return Effect.logError("The job failed", message).pipe(
    Effect.zipRight(RunnerCalls.error(wire, holding, message)),
    Backoff.patiently(settings.retryDelay, DELIVERY_RETRIES),
    endingOf("The failure could not be reported")
  )
}

/** Gives the job back because the runner stops. */
const giveBack = ({ settings, wire }: Session, { holding }: Work): Effect.Effect<Ending> =>
  RunnerCalls.abort(wire, holding, "Runner stopped").pipe(
    Effect.timeoutFail({
      duration: settings.shutdownTimeout,
      onTimeout: () => new ServerUnavailable({ asked: "abort", detail: "no answer came in time" })
    }),
    Effect.zipLeft(Effect.logInfo("The job was given back")),
    endingOf("The job could not be given back")
  )

/** Whatever a server answers to a report, it has heard it. */
const endingOf =
  (warning: string) =>
  (told: Effect.Effect<void, WireError>): Effect.Effect<Ending> =>
    Effect.matchEffect(told, {
      onSuccess: () => Effect.succeed("told"),
      onFailure: (error) =>
        Effect.as(Effect.logWarning(warning, error.message), isUnavailable(error) ? "untold" : "told")
    })
