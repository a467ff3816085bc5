import { client } from "../api/client.ts"
import type { Job, JobDetails } from "../api/documents.ts"
import { isOpen, isRetryable, jobState, jobTone } from "../state/job.ts"
import { liveProgress } from "../state/progress.ts"
import { useResource } from "../state/resource.ts"
import { address, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { type Bulk, changeSeveral, type PlainAction } from "../ui/Bulk.tsx"
import { Actions } from "../ui/Button.tsx"
import { Badge, Copyable, Progress } from "../ui/basic.tsx"
import { SidePanel } from "../ui/SidePanel.tsx"
import { JobFacts } from "./JobFacts.tsx"
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

const actionsOf = (job: Job): ReadonlyArray<PlainAction | false> => [
  isOpen(job) && "cancel",
  isRetryable(job) && "retry",
  !isOpen(job) && "delete"
]

interface Props {
  readonly job: JobDetails
  readonly bulk: Bulk
}

const Body = ({ bulk, job }: Props) => (
  <>
    <div class="panel-state">
      <Badge tone={jobTone(job)}>{jobState(job)}</Badge>
      {isOpen(job) && <Progress value={liveProgress(job.uuid, job.progress)} label={t.terms.progress} />}
    </div>
    <Actions
      of={actionsOf(job).map(
        (name) => name && { name, text: bulk.texts.actions[name], act: () => changeSeveral(bulk, name, [job.uuid]) }
      )}
    />
    {job.error !== null && (
      <pre class="error-log" dir="ltr">
        {job.error}
      </pre>
    )}
    <JobFacts job={job} onChange={() => bulk.onChange("prioritize", [job.uuid])} />
    <h3>{t.terms.attempts}</h3>
    <Timeline attempts={job.attempts} />
    <Json label={t.jobs.payload} value={job.payload} />
    <Json label={t.jobs.privatePayload} value={job.privatePayload} />
    <Copyable label={t.terms.id} text={job.uuid} />
  </>
)

/** The details of a job beside the list. Each change reloads the list. */
export const JobPanel = ({ bulk, uuid }: { readonly uuid: string; readonly bulk: Bulk }) => {
  const job = useResource(
    `job ${uuid}`,
    (signal) => client.getJob({ params: { uuid }, signal }),
    ({ jobId }) => jobId === uuid
  )
  const own: Bulk = {
    ...bulk,
    onChange: async (action, jobs) => {
      await bulk.onChange(action, jobs)
      if (action !== "delete") await job.reload()
    }
  }
  return (
    <SidePanel title={job.data?.type ?? t.jobs.title} closeTo={to("jobs") + address.value.search} of={job}>
      {(data) => <Body job={data} bulk={own} />}
    </SidePanel>
  )
}
