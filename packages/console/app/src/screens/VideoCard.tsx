import type { Video, VideoJob } from "../api/documents.ts"
import { clock, percent } from "../state/format.ts"
import { isFailed, isOpen, jobState, jobTone } from "../state/job.ts"
import { resultProgress } from "../state/progress.ts"
import { watchUrl } from "../state/router.ts"
import {
  currentJobs,
  failuresOf,
  isOnAir,
  isSettled,
  jobName,
  playedFrom,
  progressOf,
  stateOf,
  summaryOf,
  titleOf,
  toneOf
} from "../state/video.ts"
import { t } from "../texts.ts"
import { Badge, Progress, Time } from "../ui/basic.tsx"
import { Icon } from "../ui/icons.tsx"

export const Thumbnail = ({ video }: { readonly video: Video }) => (
  <span class="thumb" data-playable={playedFrom(video) !== null}>
    {video.thumbnailUrl === null ? (
      <Icon name="film" />
    ) : (
      <img src={video.thumbnailUrl} alt="" loading="lazy" decoding="async" />
    )}
    {playedFrom(video) === null ? null : <Icon name="play" />}
    {isOnAir(video) ? (
      <span class="live-badge">{t.videos.live}</span>
    ) : video.duration === null ? null : (
      <span class="duration">{clock(video.duration)}</span>
    )}
  </span>
)

/** A job of a video as a small bar with its name. Jobs of chunks would be too many, they count in the bar of their rendition. */
const Chip = ({ job }: { readonly job: VideoJob }) => (
  <li class="chip" data-tone={jobTone(job)} title={job.error ?? jobState(job)}>
    <span class="chip-fill" style={{ inlineSize: `${isOpen(job) ? percent(resultProgress(job)) : 0}%` }} />
    <span>{jobName(job)}</span>
    <span class="visually-hidden">{jobState(job)}</span>
  </li>
)

/** Shown until all results are there, and as long as one has failed. */
const Chips = ({ video }: { readonly video: Video }) => {
  const jobs = currentJobs(video)
  if (!jobs.some((job) => isOpen(job) || isFailed(job))) return null
  return (
    <ul class="chips">
      {jobs.map((job) => (
        <Chip key={job.uuid} job={job} />
      ))}
    </ul>
  )
}

export const VideoState = ({ video }: { readonly video: Video }) => <Badge tone={toneOf(video)}>{stateOf(video)}</Badge>

export const VideoProgress = ({ video }: { readonly video: Video }) =>
  isSettled(video) || video.live !== null ? null : (
    <Progress value={progressOf(video)} label={t.videos.overall} tone="busy" />
  )

/** What has failed although the video may be playable. */
export const Failures = ({ video }: { readonly video: Video }) => {
  const failures = failuresOf(video)
  return failures === undefined ? null : <Badge tone="bad">{failures}</Badge>
}

const Summary = ({ video }: { readonly video: Video }) => (
  <p class="card-summary" title={[failuresOf(video), summaryOf(video)].filter(Boolean).join("; ")}>
    <Failures video={video} />
    {summaryOf(video)}
  </p>
)

/** A video in a list that allows selection. */
export interface ItemProps {
  readonly video: Video
  readonly isSelected: boolean
  /** Whether the keys of the list act on it. */
  readonly isMarked: boolean
  readonly onSelect: (uuid: string) => void
}

/** The checkbox of a video, and the link to its page. */
const Head = ({ isSelected, onSelect, video }: ItemProps) => (
  <>
    <label class="pick">
      <input
        type="checkbox"
        aria-label={t.list.select(titleOf(video))}
        checked={isSelected}
        onChange={() => onSelect(video.uuid)}
      />
    </label>
    <a href={watchUrl(video.uuid)} class="card-link">
      <Thumbnail video={video} />
      <span class="card-title" dir="auto" title={titleOf(video)}>
        {titleOf(video)}
      </span>
    </a>
  </>
)

/** A video among others. */
export const VideoCard = (props: ItemProps) => {
  const { isMarked, video } = props
  return (
    <article class="card" data-uuid={video.uuid} data-marked={isMarked}>
      <Head {...props} />
      <p class="card-meta">
        <VideoState video={video} />
        <Time at={video.createdAt} />
      </p>
      <Summary video={video} />
      <VideoProgress video={video} />
      <Chips video={video} />
    </article>
  )
}

/** The same as one line. */
export const VideoLine = (props: ItemProps) => {
  const { isMarked, video } = props
  return (
    <article class="line" data-uuid={video.uuid} data-marked={isMarked}>
      <Head {...props} />
      <VideoState video={video} />
      <Summary video={video} />
      <VideoProgress video={video} />
      <Time at={video.createdAt} />
    </article>
  )
}
