import { DateTime, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { UploadStore } from "../../ports/UploadStore.ts"
import { Uploads } from "../video/Uploads.ts"
import { each, type Watchdog } from "./watchdog.ts"

/** Removes files that were stored by a process that died before a video referred to them. */
export const makeRemoveAbandonedUploads: Effect.Effect<Watchdog, never, UploadStore | Uploads | ConnectorConfig> =
  Effect.gen(function* () {
    const { uploadSilence } = yield* ConnectorConfig
    const store = yield* UploadStore
    const uploads = yield* Uploads
    return Effect.gen(function* () {
      const before = DateTime.subtractDuration(yield* DateTime.now, uploadSilence)
      yield* each(yield* store.listSilent(before), (upload) => uploads.sweep(upload, before))
    })
  })
