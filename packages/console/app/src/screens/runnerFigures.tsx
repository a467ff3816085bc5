import { client } from "../api/client.ts"
import type { Job, JobList, JobsQuery } from "../api/documents.ts"
import { clock } from "../state/format.ts"
import { JobState } from "../state/job.ts"
import { to } from "../state/router.ts"
import { t } from "../texts.ts"

/** The completed jobs from which the speed is computed. */
const LAST = 20

/** What a runner does and has done. */
export interface RunnerFigures {
  readonly current: JobList
  readonly completed: JobList
  readonly failed: JobList
}

/** Reads the newest jobs of the runner by their states, with their numbers. */
export const readFigures = async (runnerId: string, signal: AbortSignal): Promise<RunnerFigures> => {
  const list = (count: number, ...states: ReadonlyArray<number>) => {
    const stateOneOf = states.map(String) as unknown as JobsQuery["stateOneOf"]
    return client.listJobs({ query: { start: 0, count, sort: "-updatedAt", runnerId, stateOneOf }, signal })
  }
  const [current, completed, failed] = await Promise.all([
    list(LAST, JobState.processing, JobState.completing),
    list(LAST, JobState.completed),
    list(1, JobState.errored)
  ])
  return { current, completed, failed }
}

const secondsOf = ({ attempts }: Job) =>
  attempts
    .slice(-1)
    .flatMap(({ endedAt, startedAt }) =>
      endedAt === null ? [] : [(new Date(endedAt).getTime() - new Date(startedAt).getTime()) / 1000]
    )

const Count = ({ id, list, state }: { readonly id: number; readonly list: JobList; readonly state: number }) => (
  <a href={`${to("jobs")}?runner=${id}&state=${state}`}>{t.list.total(list.total, list.totalIsCapped === true)}</a>
)

const Current = ({ jobs }: { readonly jobs: ReadonlyArray<Job> }) => (
  <>
    {jobs.length === 0 ? "–" : null}
    {jobs.map(({ type, uuid }) => (
      <div key={uuid}>
        <a href={to(`jobs/${uuid}`)}>{type}</a>
      </div>
    ))}
  </>
)

/** The figures of a runner as facts. */
export const figureFacts = (id: number, { completed, current, failed }: RunnerFigures) => {
  const times = completed.data.flatMap(secondsOf)
  const sum = times.reduce((total, time) => total + time, 0)
  return {
    current: <Current jobs={current.data} />,
    completed: <Count id={id} list={completed} state={JobState.completed} />,
    failed: <Count id={id} list={failed} state={JobState.errored} />,
    speed: times.length === 0 ? "–" : t.runners.perJob(clock(sum / times.length), times.length)
  }
}
