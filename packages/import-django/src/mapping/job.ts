import { type FileNames, Ids, type JobAttempt, RunnerJob } from "@runner-connector/core"
import { Array as Arr, type DateTime, Either, Option } from "effect"
import type { JobRow } from "../database/tables.ts"
import * as ImportReport from "../ImportReport.ts"
import { contentOf, type JobContent } from "./jobContent.ts"
import { type Decided, statesOf } from "./jobState.ts"
import type { KnownRunners } from "./runner.ts"

/** The facts beside the rows. */
export interface JobContext {
  readonly videoId: Ids.VideoId
  readonly place: FileNames.Place
  readonly runners: KnownRunners
  /** The hashed job tokens by row id. */
  readonly hashes: ReadonlyMap<string, Ids.TokenHash>
  readonly maxFailures: number
  /** The end of the import. The lease of a job in hand is renewed then, because its runner could not report meanwhile. */
  readonly now: DateTime.Utc
}

const inHand: ReadonlySet<RunnerJob.JobState> = new Set<RunnerJob.JobState>(["Processing", "Completing"])

const outcomes: Partial<Record<RunnerJob.JobState, JobAttempt.AttemptOutcome>> = {
  Completed: "completed",
  Errored: "failed",
  Cancelled: "cancelled"
}

const runnerOf = ({ runner_id }: JobRow, runners: KnownRunners) =>
  Option.flatMapNullable(Option.fromNullable(runner_id), (id) => runners.get(id))

/** The attempt of the runner that the row names. The original keeps no others. */
const attemptsOf = (row: JobRow, state: RunnerJob.JobState, runners: KnownRunners): RunnerJob.RunnerJob["attempts"] => {
  const runner = runnerOf(row, runners)
  const outcome = outcomes[state]
  if (Option.isNone(runner) || (outcome === undefined && !inHand.has(state))) return []
  const end = Option.map(Option.fromNullable(outcome), (ended) => ({
    at: row.finishedAt ?? row.updatedAt,
    outcome: ended,
    message: Option.fromNullable(row.error)
  }))
  return [{ runner: runner.value.name, version: Option.none(), startedAt: row.startedAt ?? row.updatedAt, end }]
}

const percent = ({ progress }: JobRow): Option.Option<number> =>
  Option.map(Option.fromNullable(progress), (value) => Math.round(Math.min(100, Math.max(0, value))))

const hashOf = (row: JobRow, { hashes }: JobContext) => Option.fromNullable(hashes.get(row.id))

/** The members that only jobs in hand have. */
const leaseOf = (row: JobRow, context: JobContext): Partial<RunnerJob.RunnerJob> => ({
  progress: percent(row),
  jobTokenHash: hashOf(row, context),
  // Names the files of the attempt that runs. No file of the original has this name.
  attemptId: Option.some(row.id),
  startedAt: Option.some(row.startedAt ?? row.updatedAt),
  progressedAt: Option.some(context.now),
  updatedAt: context.now
})

const endOf = (row: JobRow): Partial<RunnerJob.RunnerJob> => ({
  startedAt: Option.fromNullable(row.startedAt),
  finishedAt: Option.some(row.finishedAt ?? row.updatedAt),
  updatedAt: row.updatedAt
})

/** The members that depend on the state. */
const stateOf = (row: JobRow, state: RunnerJob.JobState, context: JobContext): Partial<RunnerJob.RunnerJob> => {
  const runnerId = Option.map(runnerOf(row, context.runners), ({ id }) => id)
  if (inHand.has(state)) return { runnerId, ...leaseOf(row, context) }
  if (!RunnerJob.terminalStates.has(state)) return { updatedAt: row.updatedAt }
  // A late report of the runner is answered like one after a result that was stored here.
  const jobTokenHash = state === "Completed" ? hashOf(row, context) : Option.none()
  return { runnerId, ...endOf(row), jobTokenHash }
}

const jobOf = (row: JobRow, content: JobContent, state: RunnerJob.JobState, context: JobContext): RunnerJob.RunnerJob =>
  RunnerJob.pending({
    id: Ids.JobId.make(row.uuid),
    type: row.type,
    payload: content.payload,
    privatePayload: {
      videoId: context.videoId,
      place: { destination: context.place.destination, baseName: Option.getOrNull(context.place.baseName) },
      maxFailures: context.maxFailures,
      ...content.privatePayload
    },
    priority: row.priority,
    failures: Math.max(0, row.failures),
    error: Option.fromNullable(row.error),
    videoId: Option.some(context.videoId),
    awaited: content.awaited,
    attempts: attemptsOf(row, state, context.runners),
    createdAt: row.createdAt,
    ...stateOf(row, state, context),
    state
  })

/** The jobs of one video, with the report about their rows. */
export interface MappedJobs {
  readonly jobs: ReadonlyArray<RunnerJob.RunnerJob>
  readonly report: ImportReport.ImportReport
}

interface Mapped {
  readonly row: JobRow
  readonly content: JobContent
  readonly decided: Decided
}

const mappedOf = (row: JobRow, decided: Decided | string | undefined): Either.Either<Mapped, string> =>
  Either.flatMap(contentOf(row), (content) =>
    decided === undefined || typeof decided === "string"
      ? Either.left(decided ?? "")
      : Either.right({ row, content, decided })
  )

const reportOf = ({ decided: { reason, state }, row }: Mapped): ImportReport.ImportReport =>
  ImportReport.combine(
    ImportReport.importedAs("runnerjob", state),
    reason === undefined ? ImportReport.empty : ImportReport.changed("runnerjob", row.uuid, reason)
  )

/** Maps the jobs of one video. A job that cannot be imported counts as missing for those that wait for it. */
export const jobsOf = (rows: ReadonlyArray<JobRow>, context: JobContext): MappedJobs => {
  const decided = statesOf(
    rows.filter((row) => Either.isRight(contentOf(row))),
    (runner) => context.runners.has(runner)
  )
  const fates = rows.map((row) => ({ row, fate: mappedOf(row, decided.get(row.id)) }))
  const mapped = Arr.getRights(fates.map(({ fate }) => fate))
  const ids = new Map(mapped.map(({ row }) => [row.id, Ids.JobId.make(row.uuid)]))
  const parentOf = ({ decided: { reason, state }, row }: Mapped) =>
    state === "Pending" && reason !== undefined
      ? Option.none()
      : Option.flatMapNullable(Option.fromNullable(row.dependsOnRunnerJob_id), (id) => ids.get(id))
  return {
    jobs: mapped.map((one) => ({
      ...jobOf(one.row, one.content, one.decided.state, context),
      parentId: parentOf(one)
    })),
    report: ImportReport.combineAll(
      fates.map(({ fate, row }) =>
        Either.match(fate, {
          onLeft: (reason) => ImportReport.skipped("runnerjob", row.uuid, reason),
          onRight: reportOf
        })
      )
    )
  }
}
