import type { Runner } from "../api/documents.ts"
import { relativeTime } from "../state/format.ts"
import { t } from "../texts.ts"
import { Badge } from "../ui/basic.tsx"

type Quarantined = NonNullable<Runner["quarantine"]>

/** After its pause the runner gets a single job. */
const Quarantine = ({ quarantine: { reason, until } }: { readonly quarantine: Quarantined }) => {
  const end = new Date(until)
  const isOver = end.getTime() <= Date.now()
  return (
    <span title={reason}>
      <Badge tone={isOver ? "busy" : "bad"}>
        {isOver ? t.runners.trial : `${t.runners.quarantined} ${t.runners.until(relativeTime(end))}`}
      </Badge>{" "}
    </span>
  )
}

/** Whether a runner is connected, and whether it gets new jobs. */
export const RunnerStatus = ({ runner }: { readonly runner: Runner }) => (
  <>
    {runner.quarantine != null && <Quarantine quarantine={runner.quarantine} />}
    <Badge tone={runner.online ? "good" : "idle"}>{runner.online ? t.runners.online : t.runners.offline}</Badge>{" "}
    {runner.state !== "active" && (
      <Badge tone={runner.state === "draining" ? "busy" : "idle"}>{t.runners[runner.state]}</Badge>
    )}
  </>
)
