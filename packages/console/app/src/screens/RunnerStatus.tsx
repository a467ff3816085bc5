import type { Runner } from "../api/documents.ts"
import { relativeTime } from "../state/format.ts"
import { t } from "../texts.ts"
import { Badge } from "../ui/basic.tsx"

/** Whether a runner is connected, and whether it gets new jobs. */
export const RunnerStatus = ({ runner }: { readonly runner: Runner }) => {
  if (runner.quarantine != null) {
    const until = t.runners.until(relativeTime(new Date(runner.quarantine.until)))
    return (
      <span title={runner.quarantine.reason}>
        <Badge tone="bad">
          {t.runners.quarantined} {until}
        </Badge>
      </span>
    )
  }
  return (
    <>
      <Badge tone={runner.online ? "good" : "idle"}>{runner.online ? t.runners.online : t.runners.offline}</Badge>{" "}
      {runner.state !== "active" && (
        <Badge tone={runner.state === "draining" ? "busy" : "idle"}>{t.runners[runner.state]}</Badge>
      )}
    </>
  )
}
