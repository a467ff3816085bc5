import { getJob } from "../api/administration.ts"
import type { Attempt, Job, JobAction, JobDetails } from "../api/documents.ts"
import { clock, now } from "../state/format.ts"
import { isOpen, isRetryable, jobTone } from "../state/job.ts"
import { liveProgress } from "../state/progress.ts"
import { useResource } from "../state/resource.ts"
import { address, to, watchUrl } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Copyable, Facts, Failure, Progress, Time } from "../ui/basic.tsx"
import { SidePanel } from "../ui/SidePanel.tsx"
import { confirmJobs } from "./jobActions.ts"

const toneOf = ({ outcome }: Attempt) =>
  outcome === null ? "busy" : outcome === "completed" ? "good" : outcome === "aborted" ? "idle" : "bad"

const Timeline = ({ attempts }: { readonly attempts: ReadonlyArray<Attempt> }) =>
  attempts.length === 0 ? (
    <p class="hint">{t.jobs.noAttempts}</p>
  ) : (
    <ol class="timeline">
      {attempts.map((attempt) => {
        const end = attempt.endedAt === null ? now.value : new Date(attempt.endedAt).getTime()
        const time = clock(Math.max(0, end - new Date(attempt.startedAt).getTime()) / 1000)
        return (
          <li key={attempt.startedAt} data-tone={toneOf(attempt)}>
            <p>
              <strong dir="auto">{attempt.runner}</strong> <span class="faint">{attempt.version}</span>
            </p>
            <p>
              {attempt.outcome === null ? `${t.jobs.at} ${time}` : t.jobs.after(attempt.outcome, time)} ·{" "}
              <Time at={attempt.startedAt} />
            </p>
            {attempt.message === null ? null : <pre dir="ltr">{attempt.message}</pre>}
          </li>
        )
      })}
    </ol>
  )

const Json = ({ label, value }: { readonly label: string; readonly value: unknown }) => (
  <details class="json">
    <summary>{label}</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also by the keyboard */}
    <pre dir="ltr" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  </details>
)

const actionsOf = (job: Job): ReadonlyArray<JobAction> => [
  ...(isOpen(job) ? (["cancel"] as const) : []),
  ...(isRetryable(job) ? (["retry"] as const) : []),
  ...(isOpen(job) ? [] : (["delete"] as const))
]

const VideoLink = ({ video }: { readonly video: NonNullable<JobDetails["video"]> }) =>
  video.name === null ? (
    <code>{video.uuid}</code>
  ) : (
    <a href={watchUrl(video.uuid)} dir="auto">
      {video.name}
    </a>
  )

const Body = ({ job, onChange }: { readonly job: JobDetails; readonly onChange: () => Promise<void> }) => (
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
    <Facts
      rows={[
        job.waitingFor === null ? undefined : [t.jobs.waiting, t.videos.waitingFor(job.waitingFor)],
        job.video === null ? undefined : [t.jobs.video, <VideoLink video={job.video} />],
        [
          t.jobs.runner,
          job.runner === null ? (
            <span class="faint">–</span>
          ) : (
            <a href={to(`runners/${job.runner.id}`)} dir="auto">
              {job.runner.name}
            </a>
          )
        ],
        job.parent === undefined
          ? undefined
          : [t.jobs.parent, <a href={to(`jobs/${job.parent.uuid}`)}>{job.parent.type}</a>],
        job.rendition === undefined
          ? undefined
          : [
              t.jobs.rendition,
              <a href={`${to("jobs")}?rendition=${job.rendition.uuid}`}>
                {t.videos.chunks(job.rendition.completed, job.rendition.total)}
              </a>
            ],
        [t.jobs.priority, job.priority],
        [t.jobs.failures, job.failures],
        [t.jobs.created, <Time at={job.createdAt} />],
        [t.jobs.started, <Time at={job.startedAt} />],
        [t.jobs.finished, <Time at={job.finishedAt} />],
        [t.jobs.updated, <Time at={job.updatedAt} />]
      ]}
    />
    <h3>{t.jobs.attempts}</h3>
    <Timeline attempts={job.attempts} />
    <Json label={t.jobs.payload} value={job.payload} />
    <Json label={t.jobs.privatePayload} value={job.privatePayload} />
    <Copyable label={t.watch.id} text={job.uuid} />
  </>
)

/** The details of a job beside the list. */
export const JobPanel = ({ uuid }: { readonly uuid: string }) => {
  const job = useResource(
    `job ${uuid}`,
    (signal) => getJob(uuid, signal),
    ({ jobId }) => jobId === uuid
  )
  return (
    <SidePanel title={job.data?.type ?? t.jobs.title} closeTo={to("jobs") + address.value.search}>
      <Failure error={job.error} />
      {job.data === undefined ? null : <Body job={job.data} onChange={job.reload} />}
    </SidePanel>
  )
}
