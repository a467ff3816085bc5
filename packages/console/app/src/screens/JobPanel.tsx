import { getJob } from "../api/administration.ts"
import type { Job, JobDetails } from "../api/documents.ts"
import { isOpen, isRetryable, jobTone } from "../state/job.ts"
import { liveProgress } from "../state/progress.ts"
import { isUnknown, useResource } from "../state/resource.ts"
import { address, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Copyable, Failure, Progress } from "../ui/basic.tsx"
import { SidePanel, useGone } from "../ui/SidePanel.tsx"
import { JobFacts } from "./JobFacts.tsx"
import { confirmJobs, type JobsChanged, type PlainAction } from "./jobActions.ts"
import { Timeline } from "./Timeline.tsx"

const Json = ({ label, value }: { readonly label: string; readonly value: unknown }) => (
  <details class="json">
    <summary>{label}</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also by the keyboard */}
    <pre dir="ltr" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  </details>
)

const actionsOf = (job: Job): ReadonlyArray<PlainAction> => [
  ...(isOpen(job) ? (["cancel"] as const) : []),
  ...(isRetryable(job) ? (["retry"] as const) : []),
  ...(isOpen(job) ? [] : (["delete"] as const))
]

interface Props {
  readonly job: JobDetails
  readonly onChange: JobsChanged
}

const Body = ({ job, onChange }: Props) => (
  <>
    <div class="panel-state">
      <Badge tone={jobTone(job)}>{job.state.label}</Badge>
      {isOpen(job) ? <Progress value={liveProgress(job.uuid, job.progress)} label={t.jobs.progress} /> : null}
    </div>
    <div class="buttons">
      {actionsOf(job).map((action) => (
        <button
          key={action}
          type="button"
          class="button small"
          data-action={action}
          onClick={() => confirmJobs(action, [job.uuid], onChange)}
        >
          {t.jobs[action]}
        </button>
      ))}
    </div>
    {job.error === null ? null : (
      <pre class="error-log" dir="ltr">
        {job.error}
      </pre>
    )}
    <JobFacts job={job} onChange={() => onChange("prioritize", [job.uuid])} />
    <h3>{t.jobs.attempts}</h3>
    <Timeline attempts={job.attempts} />
    <Json label={t.jobs.payload} value={job.payload} />
    <Json label={t.jobs.privatePayload} value={job.privatePayload} />
    <Copyable label={t.watch.id} text={job.uuid} />
  </>
)

/** The details of a job beside the list. Each change reloads the list. */
export const JobPanel = ({ onChange, uuid }: { readonly uuid: string; readonly onChange: JobsChanged }) => {
  const closeTo = to("jobs") + address.value.search
  const job = useResource(
    `job ${uuid}`,
    (signal) => getJob(uuid, signal),
    ({ jobId }) => jobId === uuid
  )
  useGone(isUnknown(job), closeTo)
  const changed: JobsChanged = async (action, jobs) => {
    await onChange(action, jobs)
    if (action !== "delete") await job.reload()
  }
  return (
    <SidePanel title={job.data?.type ?? t.jobs.title} closeTo={closeTo}>
      <Failure error={job.error} />
      {job.data === undefined ? null : <Body job={job.data} onChange={changed} />}
    </SidePanel>
  )
}
