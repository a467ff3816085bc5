import type { CannotCut, MediaCutter } from "@runner-connector/core"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { type Duration, Effect, Option, type Scope } from "effect"
import { byPackets } from "./byPackets.ts"
import { byTables } from "./byTables.ts"

/** Looks for the cut points by the tables of the file where those are reliable, and otherwise by its packets. */
export const examine = (
  input: MediaCutter.CutInput,
  options: { readonly timeout: Duration.DurationInput; readonly until: number | undefined }
): Effect.Effect<MediaCutter.Examined, CannotCut | FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const listed = yield* byTables(input)
    if (Option.isSome(listed)) return { ...listed.value, isWhole: true }
    return { ...(yield* byPackets(input, options)), isWhole: options.until === undefined }
  })
