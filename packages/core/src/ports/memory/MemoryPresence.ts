import type { RunnerId } from "../../domain/Ids.ts"
import type { PresenceReport } from "../PresenceStore.ts"

/** The last report of each process, and since when runners are online. */
export interface MemoryPresence {
  readonly reports: Map<string, Pick<PresenceReport, "runners" | "at">>
  readonly online: Map<RunnerId, PresenceReport["at"]>
}
