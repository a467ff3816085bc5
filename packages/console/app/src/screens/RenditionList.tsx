import { client } from "../api/client.ts"
import type { Attempt, Video, VideoJob } from "../api/documents.ts"
import { attemptCourse } from "../state/attempt.ts"
import { clock, percent, relativeTime, size } from "../state/format.ts"
import { isBroadcast, isMoving, isOpen, isRetryable, JobState, jobState, jobTone } from "../state/job.ts"
import { attempt } from "../state/news.ts"
import { paceOf, resultProgress } from "../state/progress.ts"
import { type Rendition, renditionName, renditionsOf } from "../state/renditions.ts"
import { to } from "../state/router.ts"
import { session } from "../state/session.ts"
import { titleOf, unusualWait } from "../state/video.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Badge, Progress } from "../ui/basic.tsx"

const attemptText = (one: Attempt) => {
  const who = one.version === null ? one.runner : `${one.runner} (${one.version})`
  return [who, attemptCourse(one), one.message ?? ""].filter((text) => text !== "").join(" · ")
}

const failures = new Set(["failed", "refused", "stalled"])

const Attempts = ({ attempts }: { readonly attempts: ReadonlyArray<Attempt> }) => {
  if (attempts.every(({ outcome }) => outcome === null || outcome === "completed")) return null
  const failed = attempts.filter(({ outcome }) => failures.has(outcome ?? "")).length
  return (
    <details class="attempts">
      <summary>{t.videos.attempts(attempts.length, failed)}</summary>
      <ol>
        {attempts.map((one) => (
          <li key={one.startedAt}>{attemptText(one)}</li>
        ))}
      </ol>
    </details>
  )
}

const fillOf = (job: VideoJob) => {
  if (job.state.id === JobState.completing) return 100
  if (isBroadcast(job)) return job.state.id === JobState.processing ? 100 : 0
  return percent(resultProgress(job))
}

/** `45 %, 1.8×, 0:12 left` */
const progressText = (job: VideoJob, duration: number | null) => {
  if (job.state.id !== JobState.processing || isBroadcast(job)) return jobState(job)
  const progress = resultProgress(job)
  const pace = job.chunks === null ? paceOf(job.uuid) : undefined
  return [
    `${percent(progress)} %`,
    ...(pace === undefined || duration === null ? [] : [`${((pace * duration) / 100).toFixed(1)}×`]),
    ...(pace === undefined ? [] : [t.videos.remaining(clock((100 - progress) / pace))])
  ].join(", ")
}

const restOf = ({ retryAt, waitingFor }: VideoJob) => {
  const when = new Date(waitingFor === null || retryAt === null ? 0 : retryAt)
  return when.getTime() > Date.now() ? `${t.actions.retry} ${relativeTime(when)}` : ""
}

const byOf = ({ file, job }: Rendition) =>
  [
    file && size(file.size),
    job && (isMoving(job) || !isOpen(job)) && job.runner?.name,
    job?.chunks && t.videos.chunks(job.chunks.completed, job.chunks.total),
    job && restOf(job)
  ]
    .filter(Boolean)
    .join(" · ")

const retry = (job: VideoJob, video: Video) =>
  attempt(() => client.retryJob({ params: { uuid: job.uuid } }).then(() => t.watch.retried(titleOf(video))))

const Name = ({ rendition }: { readonly rendition: Rendition }) => {
  const name = renditionName(rendition)
  const isLink = rendition.job !== undefined && session.value?.administrator === true
  return <strong>{isLink ? <a href={to(`jobs/${rendition.job.uuid}`)}>{name}</a> : name}</strong>
}

const Row = (props: { readonly rendition: Rendition; readonly video: Video; readonly isFirst: boolean }) => {
  const { isFirst, rendition, video } = props
  const { job } = rendition
  const name = renditionName(rendition)
  const trouble = job && (job.error ?? (restOf(job) === "" ? unusualWait(job) : undefined))
  return (
    <li class="rendition" data-tone={job ? jobTone(job) : "good"}>
      <div class="rendition-line">
        <Name rendition={rendition} />
        {isFirst && <Badge tone="good">{t.videos.firstPlayable}</Badge>}
        <span class="rendition-state">{job && progressText(job, video.duration)}</span>
        <span class="faint">{byOf(rendition)}</span>
        {job && isRetryable(job) && (
          <Button look="small" aria-label={`${t.actions.retry}: ${name}`} onClick={() => retry(job, video)}>
            {t.actions.retry}
          </Button>
        )}
      </div>
      {job && isOpen(job) && <Progress value={fillOf(job)} label={t.videos.progressOf(name)} tone={jobTone(job)} />}
      {trouble && (
        <p class="trouble" dir="auto">
          {trouble}
        </p>
      )}
      <Attempts attempts={job?.attempts ?? []} />
    </li>
  )
}

/** The rendition that made the video playable. */
const firstOf = (renditions: ReadonlyArray<Rendition>) =>
  renditions
    .filter(({ file, job }) => file !== undefined && job !== undefined)
    .sort((a, b) => endOf(a).localeCompare(endOf(b)))[0]

const endOf = ({ job }: Rendition) => job?.attempts.at(-1)?.endedAt ?? "~"

/** All results of a video with their progress. */
export const RenditionList = ({ video }: { readonly video: Video }) => {
  const renditions = renditionsOf(video)
  const first = renditions.length > 1 ? firstOf(renditions) : undefined
  return (
    <ul class="renditions">
      {renditions.map((rendition) => (
        <Row key={rendition.key} rendition={rendition} video={video} isFirst={rendition === first} />
      ))}
    </ul>
  )
}
