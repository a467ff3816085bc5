import { Array as Arr, type DateTime, Option, Schema } from "effect"

/** How a try of a job ended. */
export const AttemptOutcome = Schema.Literal(
  "completed",
  /** The runner reported that it failed. */
  "failed",
  /** The result was not what was asked for, or could not be stored. */
  "refused",
  /** Given back in good order, by the runner or by a server that stopped. */
  "aborted",
  /** The runner fell silent, made no progress or took too long. */
  "stalled",
  /** The server died while it stored the result. */
  "interrupted",
  /** Somebody did not want the job any more. */
  "cancelled"
)
export type AttemptOutcome = typeof AttemptOutcome.Type

/** One try of a job, kept for those who want to know why it took so long. */
export const JobAttempt = Schema.Struct({
  /** The name of the runner; it may be gone by now. */
  runner: Schema.String,
  version: Schema.OptionFromNullOr(Schema.String),
  startedAt: Schema.DateTimeUtc,
  /** None while it lasts. */
  end: Schema.OptionFromNullOr(
    Schema.Struct({
      at: Schema.DateTimeUtc,
      outcome: AttemptOutcome,
      message: Schema.OptionFromNullOr(Schema.String)
    })
  )
})
export type JobAttempt = typeof JobAttempt.Type

/** How many tries a job remembers. A runner that takes a job and gives it back, over and over, must not make it grow. */
export const ATTEMPTS_KEPT = 50

/** The tries with a new one behind them. The oldest are forgotten beyond {@link ATTEMPTS_KEPT}. */
export const beginNext = (
  attempts: ReadonlyArray<JobAttempt>,
  attempt: Omit<JobAttempt, "end">
): ReadonlyArray<JobAttempt> => Arr.takeRight([...attempts, { ...attempt, end: Option.none() }], ATTEMPTS_KEPT)

/** The tries with the one that lasts, if there is one, ended. */
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

/** The message of a failure, and behind it who made the last try. */
export const withRunner = (message: string, attempts: ReadonlyArray<JobAttempt>): string =>
  Option.match(Arr.last(attempts), {
    onNone: () => message,
    onSome: ({ runner, version }) => {
      const suffix = Option.match(version, { onNone: () => "", onSome: (known) => `, version ${known}` })
      return `${message} (runner ${runner}${suffix})`.trimStart()
    }
  })
