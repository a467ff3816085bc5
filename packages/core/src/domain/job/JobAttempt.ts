import { Array as Arr, Option, Schema } from "effect"

/** How an attempt ended. */
export const AttemptOutcome = Schema.Literal(
  "completed",
  /** The runner reported an error. */
  "failed",
  /** The result was wrong or could not be stored. */
  "refused",
  /** Returned by the runner, or by a server that stopped. */
  "aborted",
  /** The lease ended by silence, a lack of progress or its maximum duration. */
  "stalled",
  /** The server died while it stored the result. */
  "interrupted",
  /** An administrator cancelled the job. */
  "cancelled"
)
export type AttemptOutcome = typeof AttemptOutcome.Type

/** The result itself was refused, independently of the server. Another attempt may have the same result. */
export const ResultFault = Schema.Struct({
  /** Duration of the result in seconds, if the duration is the fault. */
  duration: Schema.NullOr(Schema.Number)
})
export type ResultFault = typeof ResultFault.Type

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
      message: Schema.OptionFromNullOr(Schema.String),
      /** Only when the result itself was refused. */
      fault: Schema.optionalWith(ResultFault, { exact: true })
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

/** How an attempt ended. */
export type AttemptEnd = Option.Option.Value<JobAttempt["end"]>

/** Ends the running attempt, if there is one. */
export const endLast = (attempts: ReadonlyArray<JobAttempt>, end: AttemptEnd): ReadonlyArray<JobAttempt> =>
  Arr.matchRight(attempts, {
    onEmpty: () => [],
    onNonEmpty: (before, last) => (Option.isSome(last.end) ? attempts : [...before, { ...last, end: Option.some(end) }])
  })

const faultyEnds = (attempts: ReadonlyArray<JobAttempt>) =>
  attempts.flatMap(({ end }) =>
    Option.isSome(end) && end.value.fault !== undefined ? [{ ...end.value, fault: end.value.fault }] : []
  )

/** Seconds of the results that were refused for their duration. */
export const refusedDurations = (attempts: ReadonlyArray<JobAttempt>): ReadonlyArray<number> =>
  faultyEnds(attempts).flatMap(({ fault }) => (fault.duration === null ? [] : [fault.duration]))

/** This many equal faults show that the job cannot succeed. Two runners may be broken in the same way. */
const EQUAL_FAULTS = 3

/** Whether the last attempt was refused for a fault that earlier results have had as well, so that a retry is pointless. */
export const isHopeless = (attempts: ReadonlyArray<JobAttempt>): boolean => {
  const last = Option.flatMap(Arr.last(attempts), ({ end }) => end)
  if (!Option.exists(last, ({ fault }) => fault !== undefined)) return false
  const text = ({ message }: Pick<AttemptEnd, "message">) => Option.getOrElse(message, () => "")
  return (
    faultyEnds(attempts).filter((end) => Option.exists(last, (now) => text(now) === text(end))).length >= EQUAL_FAULTS
  )
}

/** The message of a failure, followed by the runner of the last attempt. */
export const withRunner = (message: string, attempts: ReadonlyArray<JobAttempt>): string =>
  Option.match(Arr.last(attempts), {
    onNone: () => message,
    onSome: ({ runner, version }) => {
      const suffix = Option.match(version, { onNone: () => "", onSome: (known) => `, version ${known}` })
      return `${message} (runner ${runner}${suffix})`.trimStart()
    }
  })
