import { type DateTime, Effect, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import { type NewVideo, newVideo } from "../../domain/video/Video.ts"
import { Identifiers } from "../../ports/Tokens.ts"

/** Media that lie elsewhere are not probed. A request for captions implies audio. */
const unknownSource: MediaSummary = {
  duration: Option.none(),
  size: 0,
  hasVideo: false,
  hasAudio: true,
  width: 0,
  height: 0,
  fps: 0
}

type Given = "externalId" | "fileName" | "labels" | "metadata" | "priority" | "publicUrl" | "tenant" | "title"

/** The facts about a video that this server does not transcode. */
export interface CaptionsOnly extends Pick<NewVideo, Given> {
  readonly destination: FileKey
}

/**
 * Makes a video that has captions and nothing else. It has ended already, because it waits for no job. So it is neither
 * published nor failed, and its only later events are those of its captions.
 */
export const makeCaptionsOnly: Effect.Effect<
  (given: CaptionsOnly, now: DateTime.Utc) => Effect.Effect<NewVideo>,
  never,
  ConnectorConfig
> = Effect.gen(function* () {
  const { plan, transcoding } = yield* ConnectorConfig
  const ids = yield* Identifiers
  return (given, now) =>
    Effect.map(ids.uuid, (id) =>
      newVideo({
        ...given,
        id: VideoId.make(id),
        state: "ToImport",
        baseName: Option.none(),
        source: unknownSource,
        plan: { ...plan, settings: transcoding },
        createdAt: now,
        endedAt: Option.some(now)
      })
    )
})
