import { attempt } from "../state/news.ts"
import { priorities } from "../state/urgency.ts"
import { t } from "../texts.ts"
import { Select } from "./choices.tsx"

interface Props {
  readonly value: number
  /** Whether the order of jobs still matters. */
  readonly canChange: boolean
  readonly change: (value: number) => Promise<void>
}

/** How urgent a job or a video is. */
export const Urgency = ({ canChange, change, value }: Props) =>
  canChange ? (
    <Select
      label={t.terms.urgency}
      value={String(value)}
      choices={priorities}
      onChange={(chosen) => attempt(() => change(Number(chosen)).then(() => t.jobs.urgencyChanged))}
    />
  ) : (
    <span>{t.jobs.urgencies[value] ?? value}</span>
  )
