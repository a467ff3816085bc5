import { create } from "./0001_create.ts"
import { rename } from "./0002_rename.ts"
import { queue } from "./0003_queue.ts"
import { durability } from "./0004_durability.ts"
import { addEvents } from "./0005_events.ts"
import { servers } from "./0006_servers.ts"
import { webhooks } from "./0007_webhooks.ts"
import { restore } from "./0008_restore.ts"
import { floors } from "./0009_floors.ts"
import { eventAge } from "./0010_event_age.ts"
import { names } from "./0011_names.ts"
import { mediaReports } from "./0012_media_reports.ts"
import { captionsOnly } from "./0013_captions_only.ts"
import { hostData } from "./0014_host_data.ts"
import { presence } from "./0015_presence.ts"
import { disabledWebhooks } from "./0016_disabled_webhooks.ts"
import { overview } from "./0017_overview.ts"
import { scheduling } from "./0018_scheduling.ts"
import { chunks } from "./0019_chunks.ts"
import { lists } from "./0020_lists.ts"
import { uploads } from "./0021_uploads.ts"
import { quarantine } from "./0022_quarantine.ts"
import { figures } from "./0023_figures.ts"
import { aging } from "./0024_aging.ts"
import { sessions } from "./0025_sessions.ts"
import { prunedEvents } from "./0026_pruned_events.ts"
import { openLanes } from "./0027_open_lanes.ts"
import { onlineSince } from "./0028_online_since.ts"
import { claims } from "./0029_claims.ts"
import { removals } from "./0030_removals.ts"

/** Every version of the schema, in order. What was released stays as it is; a change is a new entry. */
export const migrations = {
  "0001_create": create,
  "0002_rename": rename,
  "0003_queue": queue,
  "0004_durability": durability,
  "0005_events": addEvents,
  "0006_servers": servers,
  "0007_webhooks": webhooks,
  "0008_restore": restore,
  "0009_floors": floors,
  "0010_event_age": eventAge,
  "0011_names": names,
  "0012_media_reports": mediaReports,
  "0013_captions_only": captionsOnly,
  "0014_host_data": hostData,
  "0015_presence": presence,
  "0016_disabled_webhooks": disabledWebhooks,
  "0017_overview": overview,
  "0018_scheduling": scheduling,
  "0019_chunks": chunks,
  "0020_lists": lists,
  "0021_uploads": uploads,
  "0022_quarantine": quarantine,
  "0023_figures": figures,
  "0024_aging": aging,
  "0025_sessions": sessions,
  "0026_pruned_events": prunedEvents,
  "0027_open_lanes": openLanes,
  "0028_online_since": onlineSince,
  "0029_claims": claims,
  "0030_removals": removals
}

/** The version that this program works with: the number of the last migration. */
export const latestVersion: number = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))
