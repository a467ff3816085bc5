import type { Attempt } from "../api/documents.ts"
import { clock, now } from "../state/format.ts"
import { t } from "../texts.ts"
import { Time } from "../ui/basic.tsx"

const toneOf = ({ outcome }: Attempt) =>
  outcome === null ? "busy" : outcome === "completed" ? "good" : outcome === "aborted" ? "idle" : "bad"

const Step = ({ attempt }: { readonly attempt: Attempt }) => {
  const end = attempt.endedAt === null ? now.value : new Date(attempt.endedAt).getTime()
  const time = clock(Math.max(0, end - new Date(attempt.startedAt).getTime()) / 1000)
  return (
    <li data-tone={toneOf(attempt)}>
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
}

/** The attempts of a job, the first one first. */
export const Timeline = ({ attempts }: { readonly attempts: ReadonlyArray<Attempt> }) =>
  attempts.length === 0 ? (
    <p class="hint">{t.jobs.noAttempts}</p>
  ) : (
    <ol class="timeline">
      {attempts.map((attempt) => (
        <Step key={attempt.startedAt} attempt={attempt} />
      ))}
    </ol>
  )
