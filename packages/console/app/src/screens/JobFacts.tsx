import { client } from "../api/client.ts"
import type { JobDetails } from "../api/documents.ts"
import { isOpen } from "../state/job.ts"
import { to, watchUrl } from "../state/router.ts"
import { t } from "../texts.ts"
import { Facts, Tags, Time } from "../ui/basic.tsx"
import { Urgency } from "../ui/Urgency.tsx"

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

const RunnerLink = ({ runner }: { readonly runner: NonNullable<JobDetails["runner"]> }) => (
  <a href={to(`runners/${runner.id}`)} dir="auto">
    {runner.name}
  </a>
)

const ChunksLink = ({ rendition }: { readonly rendition: NonNullable<JobDetails["rendition"]> }) => (
  <a href={`${to("jobs")}?rendition=${rendition.uuid}`}>{t.videos.chunks(rendition.completed, rendition.total)}</a>
)

interface Props {
  readonly job: JobDetails
  readonly onChange: () => Promise<void>
}

/** What is known about a job, beside its attempts and payloads. */
export const JobFacts = ({ job, onChange }: Props) => {
  const { parent, rendition, retryAt, runner, uuid, video, waitingFor } = job
  const setUrgency = (priority: number) => client.changeJob({ params: { uuid }, body: { priority } }).then(onChange)
  return (
    <Facts
      of={{
        waitingFor: waitingFor && t.videos.waitingFor(waitingFor),
        retryAt: retryAt && <Time at={retryAt} />,
        video: video && <VideoLink video={video} />,
        runner: runner === null ? <span class="faint">–</span> : <RunnerLink runner={runner} />,
        parent: parent && <a href={to(`jobs/${parent.uuid}`)}>{parent.type}</a>,
        rendition: rendition && <ChunksLink rendition={rendition} />,
        labels: job.labels.length > 0 ? <Tags labels={job.labels} /> : null,
        urgency: <Urgency value={job.urgency} canChange={isOpen(job)} change={setUrgency} />,
        priority: job.priority,
        failures: job.failures,
        createdAt: <Time at={job.createdAt} />,
        startedAt: <Time at={job.startedAt} />,
        finishedAt: <Time at={job.finishedAt} />,
        updatedAt: <Time at={job.updatedAt} />
      }}
    />
  )
}
