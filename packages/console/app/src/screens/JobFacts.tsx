import type { ComponentChildren } from "preact"
import { client } from "../api/client.ts"
import type { JobDetails } from "../api/documents.ts"
import { isOpen } from "../state/job.ts"
import { to, watchUrl } from "../state/router.ts"
import { t } from "../texts.ts"
import { Facts, Tags, Time } from "../ui/basic.tsx"
import { Urgency } from "../ui/Urgency.tsx"

type Row = readonly [string, ComponentChildren] | undefined

const VideoLink = ({ video }: { readonly video: NonNullable<JobDetails["video"]> }) => (
  <>
    {video.name === null ? (
      <code>{video.uuid}</code>
    ) : (
      <a href={watchUrl(video.uuid)} dir="auto">
        {video.name}
      </a>
    )}
    <br />
    <a href={`${to("jobs")}?video=${video.uuid}`}>{t.jobs.ofVideo}</a>
  </>
)

const RunnerLink = ({ runner }: { readonly runner: JobDetails["runner"] }) =>
  runner === null ? (
    <span class="faint">–</span>
  ) : (
    <a href={to(`runners/${runner.id}`)} dir="auto">
      {runner.name}
    </a>
  )

const linksOf = ({ parent, rendition }: JobDetails): ReadonlyArray<Row> => [
  parent && [t.jobs.parent, <a href={to(`jobs/${parent.uuid}`)}>{parent.type}</a>],
  rendition && [
    t.jobs.rendition,
    <a href={`${to("jobs")}?rendition=${rendition.uuid}`}>{t.videos.chunks(rendition.completed, rendition.total)}</a>
  ]
]

interface Props {
  readonly job: JobDetails
  readonly onChange: () => Promise<void>
}

const JobUrgency = ({ job, onChange }: Props) => (
  <Urgency
    value={job.urgency}
    canChange={isOpen(job)}
    change={(priority) => client.changeJob({ params: { uuid: job.uuid }, body: { priority } }).then(onChange)}
  />
)

/** What is known about a job, beside its attempts and payloads. */
export const JobFacts = ({ job, onChange }: Props) => (
  <Facts
    rows={[
      job.waitingFor === null ? undefined : [t.jobs.waiting, t.videos.waitingFor(job.waitingFor)],
      job.retryAt === null ? undefined : [t.jobs.retryAt, <Time at={job.retryAt} />],
      job.video === null ? undefined : [t.jobs.video, <VideoLink video={job.video} />],
      [t.jobs.runner, <RunnerLink runner={job.runner} />],
      ...linksOf(job),
      job.labels.length === 0 ? undefined : [t.jobs.labels, <Tags labels={job.labels} />],
      [t.jobs.urgency, <JobUrgency job={job} onChange={onChange} />],
      [t.jobs.priority, job.priority],
      [t.jobs.failures, job.failures],
      [t.jobs.created, <Time at={job.createdAt} />],
      [t.jobs.started, <Time at={job.startedAt} />],
      [t.jobs.finished, <Time at={job.finishedAt} />],
      [t.jobs.updated, <Time at={job.updatedAt} />]
    ]}
  />
)
