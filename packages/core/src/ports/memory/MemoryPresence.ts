import type { RunnerId } from "../../domain/Ids.ts"
import type { PresenceReport } from "../PresenceStore.ts"

/** The last report of each process, and the runners that are online. */
export interface MemoryPresence {
  readonly reports: Map<string, Pick<PresenceReport, "runners" | "at">>
  readonly online: Set<RunnerId>
}
