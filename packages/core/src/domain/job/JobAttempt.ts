import { Array as Arr, type DateTime, Option, Schema } from "effect"

/** How an attempt ended. */
export const AttemptOutcome = Schema.Literal(
  "completed",
  /** The runner reported an error. */
  "failed",
  /** The result was wrong or could not be stored. */
  "refused",
  /** Given back by the runner, or by a server that stopped. */
  "aborted",
  /** The lease ended by silence. */
  "stalled",
  /** An administrator cancelled the job. */
  "cancelled"
)
export type AttemptOutcome = typeof AttemptOutcome.Type

/** One attempt at a job, kept so that operators can see what happened. */
export const JobAttempt = Schema.Struct({
  /** The name of the runner, which may have been removed since. */
  runner: Schema.String,
  version: Schema.OptionFromNullOr(Schema.String),
  startedAt: Schema.DateTimeUtc,
  /** None while the attempt runs. */
  end: Schema.OptionFromNullOr(
    Schema.Struct({
      at: Schema.DateTimeUtc,
      outcome: AttemptOutcome,
      message: Schema.OptionFromNullOr(Schema.String)
    })
  )
})
export type JobAttempt = typeof JobAttempt.Type

/** How many attempts a job keeps. A runner that takes and aborts a job repeatedly must not make the row grow. */
export const ATTEMPTS_KEPT = 50

/** Adds an attempt. Drops the oldest beyond {@link ATTEMPTS_KEPT}. */
export const beginNext = (
  attempts: ReadonlyArray<JobAttempt>,
  attempt: Omit<JobAttempt, "end">
): ReadonlyArray<JobAttempt> => Arr.takeRight([...attempts, { ...attempt, end: Option.none() }], ATTEMPTS_KEPT)

/** Ends the running attempt, if there is one. */
export const endLast = (
  attempts: ReadonlyArray<JobAttempt>,
  at: DateTime.Utc,
  outcome: AttemptOutcome,
  message: Option.Option<string>
): ReadonlyArray<JobAttempt> =>
  Arr.matchRight(attempts, {
    onEmpty: () => [],
    onNonEmpty: (before, last) =>
      Option.isSome(last.end) ? attempts : [...before, { ...last, end: Option.some({ at, outcome, message }) }]
  })

/** The message of a failure, followed by the runner of the last attempt. */
export const withRunner = (message: string, attempts: ReadonlyArray<JobAttempt>): string =>
  Option.match(Arr.last(attempts), {
    onNone: () => message,
    onSome: ({ runner, version }) => {
      const suffix = Option.match(version, { onNone: () => "", onSome: (known) => `, version ${known}` })
      return `${message} (runner ${runner}${suffix})`.trimStart()
    }
  })
