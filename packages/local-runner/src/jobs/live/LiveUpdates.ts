import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Data, Effect, Option, Schedule } from "effect"
import { isNotProcessing, isRefused, type WireError } from "../../wire/Answers.ts"
import type { JobContext, JobUpdate } from "../JobType.ts"
import { MASTER, playlistName } from "./LiveCommand.ts"
import type { Change } from "./LiveFolder.ts"

/** The server has ended the live: nothing more is wanted. */
export class LiveOver extends Data.TaggedError("LiveOver") {}

/** As often, and after such pauses, as the real runner tries: what comes much later nobody plays any more. */
const RETRIES = 2
const RETRY_PAUSE = "250 millis"

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl"

/**
 * A name that no segment has. Runners may ask for the removal of what never came, and nothing else that changes nothing
 * is an update of a live: a bare heartbeat is refused.
 */
const NO_CHUNK = "sign-of-life.ts"

type Sending = Effect.Effect<void, LiveOver | WireError | PlatformError, FileSystem.FileSystem>

const isOver = (error: WireError | PlatformError): boolean => isRefused(error) && isNotProcessing(error)

const isVanished = (error: { readonly _tag: string }): boolean =>
  error._tag === "SystemError" && "reason" in error && error.reason === "NotFound"

const asOver = <A, R>(update: Effect.Effect<A, WireError | PlatformError, R>) =>
  Effect.catchIf(update, isOver, () => Effect.fail(new LiveOver()))

const updateOf = (change: Change, variant: number, pathOf: (name: string) => string): JobUpdate => {
  const { name, type } = change
  if (type === "remove-chunk") return { fields: { type, videoChunkFilename: name }, files: [] }
  const chunk = { field: "videoChunkFile", fileName: name, contentType: "video/mp2t", path: pathOf(name) }
  return Option.match(change.playlist, {
    onNone: () => ({ fields: { type, videoChunkFilename: name }, files: [chunk] }),
    onSome: (content) => {
      const fileName = playlistName(variant)
      const master = { fileName: MASTER, contentType: PLAYLIST_TYPE, path: pathOf(MASTER) }
      return {
        fields: { type, videoChunkFilename: name, resolutionPlaylistFilename: fileName },
        files: [
          { field: "masterPlaylistFile", ...master },
          { field: "resolutionPlaylistFile", fileName, contentType: PLAYLIST_TYPE, content },
          chunk
        ]
      }
    }
  })
}

/**
 * Tells the server of a change in the folder. A segment that ffmpeg has deleted meanwhile, because the server takes them
 * more slowly than they are made, is left out.
 */
export const send = (context: JobContext, change: Change, variant: number, pathOf: (name: string) => string): Sending =>
  context.update(updateOf(change, variant, pathOf)).pipe(
    Effect.retry({
      times: RETRIES,
      schedule: Schedule.spaced(RETRY_PAUSE),
      while: (error) => !isOver(error) && !isVanished(error)
    }),
    asOver,
    Effect.catchIf(isVanished, () => Effect.logWarning("A segment was deleted before it could be sent", change.name))
  )

/** Says that the live is alive although it has nothing to show; that this goes wrong does no harm. */
export const signOfLife = (context: JobContext): Effect.Effect<void, LiveOver, FileSystem.FileSystem> =>
  context.update({ fields: { type: "remove-chunk", videoChunkFilename: NO_CHUNK }, files: [] }).pipe(
    asOver,
    Effect.catchAll((error) =>
      error._tag === "LiveOver"
        ? Effect.fail(error)
        : Effect.logWarning("The server did not hear of the live", error.message)
    )
  )
