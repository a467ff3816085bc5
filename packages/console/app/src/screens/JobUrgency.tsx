import { changeJobPriority } from "../api/administration.ts"
import type { JobDetails } from "../api/documents.ts"
import { isOpen } from "../state/job.ts"
import { attempt } from "../state/news.ts"
import { t } from "../texts.ts"
import { Select } from "../ui/basic.tsx"

const MOST = 10

/** The priorities to choose from: `High (1)`, `Normal (0)`, `Low (-1)`, and the other numbers from 10 to -10. */
export const priorities = Array.from({ length: 2 * MOST + 1 }, (_, index) => {
  const value = String(MOST - index)
  const name = t.jobs.urgencies[value]
  return [value, name === undefined ? value : `${name} (${value})`] as const
})

interface Props {
  readonly job: JobDetails
  readonly onChange: () => Promise<void>
}

const Choice = ({ job, onChange }: Props) => (
  <Select
    label={t.jobs.urgency}
    value={String(job.urgency)}
    choices={priorities}
    onChange={(value) =>
      attempt(async () => {
        await changeJobPriority(job.uuid, Number(value))
        await onChange()
        return t.jobs.urgencyChanged
      })
    }
  />
)

/** How urgent a job is. It can be changed while the job is open. */
export const JobUrgency = (props: Props) =>
  isOpen(props.job) ? <Choice {...props} /> : <span>{t.jobs.urgencies[props.job.urgency] ?? props.job.urgency}</span>
