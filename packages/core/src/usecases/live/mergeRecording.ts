import { Array as Arr, Effect, Option, type Scope } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { toRepack } from "../../domain/media/Repacking.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { MediaProbe, ProbeError } from "../../ports/MediaProbe.ts"
import { MediaRemuxer, type RemuxInput } from "../../ports/MediaRemuxer.ts"
import { spanned } from "../../ports/Spans.ts"
import type { UnusableMedia } from "../errors.ts"
import { type Examined, makeExamine } from "./joinSegments.ts"

/** The joined variants of a live. */
export interface Parts {
  readonly seen: Option.Option<Examined>
  readonly heard: Option.Option<Examined>
}

/** The video of one variant, and the audio of another one if there is one. */
const remuxInputs = ({ heard, seen }: Parts): ReadonlyArray<RemuxInput> => {
  const input = ({ report, source }: Examined, isWanted: (kind: "video" | "audio") => boolean) => {
    const { audio, video } = sourceTracks(report)
    const wanted = { ...(isWanted("video") ? { video } : {}), ...(isWanted("audio") ? { audio } : {}) }
    return Option.map(toRepack(report, wanted), (found): RemuxInput => ({ source, ...found }))
  }
  return Arr.getSomes([
    Option.flatMap(seen, (part) => input(part, (kind) => kind === "video" || Option.isNone(heard))),
    Option.flatMap(heard, (part) => input(part, (kind) => kind === "audio"))
  ])
}

/**
 * Moves the variants of a live into one MP4 file: with their common clock, so that the sound stays with the picture, and
 * with audio that runners can copy. None if MP4 cannot hold their tracks.
 */
export const makeMerge: Effect.Effect<
  (
    key: FileKey,
    parts: Parts
  ) => Effect.Effect<Option.Option<Examined>, UnusableMedia | FileStorageError | ProbeError, Scope.Scope>,
  never,
  FileStorage | MediaProbe | MediaRemuxer
> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const { toMp4 } = yield* MediaRemuxer
  const examine = yield* makeExamine
  return spanned("Replays.merge")(function* (key: FileKey, parts: Parts) {
    const inputs = remuxInputs(parts)
    if (!Arr.isNonEmptyReadonlyArray(inputs)) return Option.none()
    const file = yield* Effect.asSome(toMp4(inputs)).pipe(
      Effect.catchTag("UnreadableMedia", ({ reason }) =>
        Effect.as(Effect.logWarning("A recording could not be moved into MP4", reason), Option.none())
      )
    )
    if (Option.isNone(file)) return Option.none()
    yield* storage.adopt(key, file.value.path, { contentType: "video/mp4" })
    const merged = yield* Effect.catchTag(examine(key), "FileNotFound", Effect.die)
    const joined = Arr.getSomes([parts.seen, parts.heard])
    yield* Effect.forEach(joined, (part) => storage.remove(part.key), { discard: true })
    return Option.some(merged)
  })
})
