import type { Attempt } from "../api/documents.ts"
import { attemptCourse } from "../state/attempt.ts"
import { t } from "../texts.ts"
import { Time } from "../ui/basic.tsx"

const toneOf = ({ outcome }: Attempt) =>
  outcome === null ? "busy" : outcome === "completed" ? "good" : outcome === "aborted" ? "idle" : "bad"

const Step = ({ attempt }: { readonly attempt: Attempt }) => (
  <li data-tone={toneOf(attempt)}>
    <p>
      <strong dir="auto">{attempt.runner}</strong> <span class="faint">{attempt.version}</span>
    </p>
    <p>
      {attemptCourse(attempt)} · <Time at={attempt.startedAt} />
    </p>
    {attempt.message === null ? null : <pre dir="ltr">{attempt.message}</pre>}
  </li>
)

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
