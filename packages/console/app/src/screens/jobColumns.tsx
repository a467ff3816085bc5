import type { Job } from "../api/documents.ts"
import { isOpen, JobState, jobState, jobTone } from "../state/job.ts"
import { liveProgress } from "../state/progress.ts"
import { param, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Progress, Time } from "../ui/basic.tsx"
import type { Column } from "../ui/DataTable.tsx"

/** The rendition of which the row shows all chunks. */
const renditionOf = (job: Job) => (param("rendition") === "" ? job.rendition : undefined)

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
  const isShown = rendition === undefined ? isOpen(job) : rendition.completed < rendition.total
  const progress = rendition === undefined ? liveProgress(job.uuid, job.progress) : rendition.progress
  return isShown ? <Progress value={progress} label={t.terms.progress} /> : null
}

const Reason = ({ text }: { readonly text: string | null }) => <span title={text ?? ""}>{text}</span>

/** The columns of the list of jobs. A rendition in chunks is one row. */
export const columns: ReadonlyArray<Column<Job>> = [
  { id: "type", class: "grow", cell: (job) => job.type },
  { id: "state", isSortable: true, cell: (job) => <RowState job={job} /> },
  { id: "progress", isSortable: true, class: "bar", cell: (job) => <RowProgress job={job} /> },
  { id: "runner", class: "secondary", cell: (job) => <span dir="auto">{job.runner?.name ?? ""}</span> },
  { id: "failures", class: "number secondary", cell: (job) => job.failures || "" },
  { id: "priority", isSortable: true, class: "number secondary", cell: (job) => job.priority },
  { id: "error", class: "clip secondary", cell: (job) => <Reason text={job.error ?? job.waitingFor} /> },
  { id: "updatedAt", isSortable: true, class: "time secondary late", cell: (job) => <Time at={job.updatedAt} /> },
  { id: "createdAt", isSortable: true, class: "time", cell: (job) => <Time at={job.createdAt} /> }
]
