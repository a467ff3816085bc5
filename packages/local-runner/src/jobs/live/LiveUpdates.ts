import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Data, Effect, Option, Schedule } from "effect"
import { isNotProcessing, isRefused, type WireError } from "../../wire/Answers.ts"
import type { JobContext, JobUpdate } from "../JobType.ts"
import { MASTER, playlistName } from "./LiveCommand.ts"
import type { Change } from "./LiveFolder.ts"

/** The server has ended the live stream and needs no more updates. */
export class LiveOver extends Data.TaggedError("LiveOver") {}

/** Number of retries and pause between them, as in the official runner. Segments that arrive much later are useless. */
const RETRIES = 2
const RETRY_PAUSE = "250 millis"

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl"

/**
 * A name that no segment has. Removing a segment that does not exist is the only update of a live stream without an
 * effect. A plain heartbeat is refused.
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
 * Sends a change in the folder to the server. Skips a segment that ffmpeg has already deleted because the server
 * accepts segments too slowly.
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

/** Sends a heartbeat for a live stream without segments. Failures are ignored. */
export const signOfLife = (context: JobContext): Effect.Effect<void, LiveOver, FileSystem.FileSystem> =>
  context.update({ fields: { type: "remove-chunk", videoChunkFilename: NO_CHUNK }, files: [] }).pipe(
    asOver,
    Effect.catchAll((error) =>
      error._tag === "LiveOver"
        ? Effect.fail(error)
        : Effect.logWarning("The heartbeat of the live stream failed", error.message)
    )
  )
