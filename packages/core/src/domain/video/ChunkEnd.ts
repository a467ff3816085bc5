import { type DateTime, Option } from "effect"
import { keysOfInputs } from "./fileKeys.ts"
import { scheduleDeletion } from "./PendingDeletion.ts"
import type { Video } from "./Video.ts"

/** Whether the source is still being cut, or playlists of its chunks are to be written. */
export const isGrowing = ({ chunking }: Pick<Video, "chunking">): boolean =>
  Option.exists(chunking, ({ renditions, state }) => state === "cutting" || renditions.some((one) => !one.failed))

/** The video without the chunks of its source. They stay for a retry while a rendition has failed. */
export const withoutChunks = (video: Video, now: DateTime.Utc): Video =>
  Option.match(
    Option.filter(video.chunking, ({ renditions }) => renditions.length === 0),
    {
      onNone: () => video,
      onSome: (chunking) => ({
        ...video,
        chunking: Option.some({ ...chunking, chunks: [], sound: Option.none() }),
        pendingDeletion: scheduleDeletion(video, keysOfInputs(chunking), now)
      })
    }
  )
