import type { Server } from "node:http"
import { H3Api, H3Playback, H3Runners, type ListenError } from "@runner-connector/http-h3"
import type { ApiWeb, PlaybackWeb, RunnerWeb } from "@runner-connector/protocol"
import { Effect, Layer } from "effect"
import type { H3 } from "h3"
import { editRoutes } from "./EditRoutes.ts"
import { healthRoutes } from "./HealthRoutes.ts"
import { liveRoutes } from "./LiveRoutes.ts"
import { pageRoutes } from "./PageRoutes.ts"
import { reportRoutes } from "./ReportRoutes.ts"
import { resumableRoutes } from "./ResumableUploads.ts"
import { mount, type Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"
import { transcriptRoutes } from "./TranscriptRoutes.ts"
import { videoRoutes } from "./VideoRoutes.ts"
import { workRoutes } from "./WorkRoutes.ts"

type NeedsOf<Group> = Group extends Routes<infer R> ? R : never
type Needs =
  | NeedsOf<typeof videoRoutes>
  | NeedsOf<typeof resumableRoutes>
  | NeedsOf<typeof liveRoutes>
  | NeedsOf<typeof healthRoutes>
  | NeedsOf<typeof pageRoutes>
  | NeedsOf<typeof editRoutes>
  | NeedsOf<typeof transcriptRoutes>
  | NeedsOf<typeof workRoutes>
  | PlaybackWeb.PlaybackWeb
  | ApiWeb.ApiWeb
  | NeedsOf<typeof reportRoutes>
  | Settings

/** The runner API and the routes of this server. */
export const layer = (server: Server): Layer.Layer<never, ListenError, RunnerWeb.RunnerWeb | Needs> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { host, isOwnHost, maxConnectionsPerAddress, port, publicUrl, shutdownTimeout, trustedProxies } =
        yield* Settings
      const guard = yield* H3Runners.sameOrigin({ publicUrl, isOwnHost })
      const addVideos = yield* mount(videoRoutes)
      const addResumable = yield* mount(resumableRoutes)
      const addEdits = yield* mount(editRoutes)
      const addTranscripts = yield* mount(transcriptRoutes)
      const addWork = yield* mount(workRoutes)
      const addReports = yield* mount(reportRoutes)
      const addLives = yield* mount(liveRoutes)
      const playback = yield* H3Playback.app
      const api = yield* H3Api.app
      const addHealth = yield* mount(healthRoutes)
      const addPage = yield* mount(pageRoutes)
      const app = (root: H3) => {
        root.use(guard)
        addResumable(root)
        addVideos(root)
        addEdits(root)
        addTranscripts(root)
        addWork(root)
        addReports(root)
        addLives(root)
        root.mount("/", playback)
        root.mount("/", api)
        addHealth(root)
        addPage(root)
      }
      return H3Runners.serve(server, {
        ...{ host, port, app, maxConnectionsPerAddress, trustedProxies },
        stopWithin: shutdownTimeout
      })
    })
  )
