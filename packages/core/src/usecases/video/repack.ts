import { Effect, Option, type Scope } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { sourceToRepack } from "../../domain/media/Repacking.ts"
import { FileStorage, type FileStorageError, type MediaSource } from "../../ports/FileStorage.ts"
import type { ProbeError } from "../../ports/MediaProbe.ts"
import { MediaRemuxer } from "../../ports/MediaRemuxer.ts"
import { spanned } from "../../ports/Spans.ts"

/**
 * Stores a source in MP4 under the key, if runners need that. Returns whether it did. Also returns false if MP4 cannot
 * hold its tracks: runners then get the source unchanged.
 */
export type Repack = (
  key: FileKey,
  source: MediaSource,
  report: ProbeReport
) => Effect.Effect<boolean, ProbeError | FileStorageError>

const withScope = <A, E, R>(effect: Effect.Effect<A, E, R | Scope.Scope>) => Effect.scoped(effect)

/** The repacking of sources, over the ports. */
export const makeRepack: Effect.Effect<Repack, never, FileStorage | MediaRemuxer> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const { toMp4 } = yield* MediaRemuxer
  return spanned("repack")(function* (key, source, report) {
    const found = sourceToRepack(report)
    if (Option.isNone(found)) return false
    const remuxed = yield* Effect.asSome(toMp4([{ source, ...found.value }])).pipe(
      Effect.catchTag("UnreadableMedia", ({ reason }) =>
        Effect.as(Effect.logWarning("A source could not be moved into MP4", reason), Option.none())
      )
    )
    if (Option.isNone(remuxed)) return false
    yield* storage.adopt(key, remuxed.value.path, { contentType: "video/mp4" })
    return true
  }, withScope)
})
