import type { Runner } from "../api/documents.ts"
import { now, relativeTime } from "../state/format.ts"
import { t } from "../texts.ts"
import { Badge } from "../ui/basic.tsx"

/** Runners that have called within this time count as online where the server does not tell. */
const RECENT = 60_000

export const isOnline = (runner: Runner): boolean =>
  runner.online ?? now.value - new Date(runner.lastContact).getTime() < RECENT

/** Whether a runner works, and why not. */
export const RunnerStatus = ({ runner }: { readonly runner: Runner }) => {
  if (runner.quarantine != null) {
    const until = t.runners.until(relativeTime(new Date(runner.quarantine.until), now.value))
    return (
      <span title={runner.quarantine.reason}>
        <Badge tone="bad">
          {t.runners.quarantined} {until}
        </Badge>
      </span>
    )
  }
  if (!isOnline(runner)) return <Badge tone="idle">{t.runners.offline}</Badge>
  if (runner.state === "paused") return <Badge tone="idle">{t.runners.paused}</Badge>
  if (runner.state === "draining") return <Badge tone="busy">{t.runners.draining}</Badge>
  return <Badge tone="good">{t.runners.online}</Badge>
}
