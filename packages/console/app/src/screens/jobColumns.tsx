import type { Job } from "../api/documents.ts"
import { isOpen, JobState, jobState, jobTone } from "../state/job.ts"
import { liveProgress } from "../state/progress.ts"
import { query, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Progress, Time } from "../ui/basic.tsx"
import type { Column } from "../ui/table.ts"

/** The rendition of which the row shows all chunks. */
const renditionOf = (job: Job) => (query.value.has("rendition") ? undefined : job.rendition)

const RowState = ({ job }: { readonly job: Job }) => {
  const rendition = renditionOf(job)
  if (rendition === undefined) return <Badge tone={jobTone(job)}>{jobState(job)}</Badge>
  const { completed, total, uuid } = rendition
  return (
    <>
      <Badge tone={job.state.id === JobState.completed && completed < total ? "busy" : jobTone(job)}>
        {t.videos.chunks(completed, total)}
      </Badge>{" "}
      <a href={`${to("jobs")}?rendition=${uuid}`}>{t.jobs.allChunks}</a>
    </>
  )
}

const RowProgress = ({ job }: { readonly job: Job }) => {
  const rendition = renditionOf(job)
  if (rendition === undefined) {
    return isOpen(job) ? <Progress value={liveProgress(job.uuid, job.progress)} label={t.jobs.progress} /> : null
  }
  return rendition.completed < rendition.total ? <Progress value={rendition.progress} label={t.jobs.progress} /> : null
}

/** The columns of the list of jobs. A rendition in chunks is one row. */
export const columns: ReadonlyArray<Column<Job>> = [
  { id: "type", header: t.jobs.type, class: "grow", cell: (job) => job.type },
  {
    id: "state",
    header: t.jobs.state,
    isSortable: true,
    cell: (job) => <RowState job={job} />
  },
  {
    id: "progress",
    header: t.jobs.progress,
    isSortable: true,
    class: "bar",
    cell: (job) => <RowProgress job={job} />
  },
  {
    id: "runner",
    header: t.jobs.runner,
    class: "secondary",
    cell: (job) => <span dir="auto">{job.runner?.name ?? ""}</span>
  },
  { id: "failures", header: t.jobs.failures, class: "number secondary", cell: (job) => job.failures || "" },
  { id: "priority", header: t.jobs.priority, isSortable: true, class: "number secondary", cell: (job) => job.priority },
  {
    id: "error",
    header: t.jobs.reason,
    class: "clip secondary",
    cell: (job) => <span title={job.error ?? job.waitingFor ?? ""}>{job.error ?? job.waitingFor}</span>
  },
  {
    id: "updatedAt",
    header: t.jobs.updated,
    isSortable: true,
    class: "time secondary late",
    cell: (job) => <Time at={job.updatedAt} />
  },
  {
    id: "createdAt",
    header: t.jobs.created,
    isSortable: true,
    class: "time",
    cell: (job) => <Time at={job.createdAt} />
  }
]
