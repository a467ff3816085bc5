import { Effect, Option } from "effect"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { headerOf, type Source } from "./boxes.ts"

export type { Sample, TrackSamples, Wanted } from "../../domain/mp4/index.ts"

/**
 * The samples of a video track by the header of an MP4 or QuickTime file: the packets that FFmpeg reads of it, apart from a
 * shift of all times, if `isShown` holds for each of them. Reads the headers of the outermost boxes and the `moov` box,
 * wherever that stands. None where demuxers may read something else than the tables list: in fragmented files, with several
 * edits, with other codecs or access points. Fails with `MalformedMp4` also for a header of more than 32 MiB.
 */
export const samplesOf = (
  file: Source,
  wanted: Mp4.Wanted
): Effect.Effect<Option.Option<Mp4.TrackSamples>, UploadError | Mp4.MalformedMp4> =>
  Effect.flatMap(headerOf(file), (header) =>
    Option.isNone(header) ? Effect.succeedNone : Mp4.readSamples(header.value, wanted)
  )

/**
 * How many samples the header of an MP4 file lists in a track. Those of fragments do not count. Fails with `MalformedMp4` if
 * there is no such list.
 */
export const countSamples = (file: Source, number: number): Effect.Effect<number, UploadError | Mp4.MalformedMp4> =>
  Effect.flatMap(headerOf(file), (header) =>
    Option.isNone(header) ? Effect.fail(new Mp4.MalformedMp4({ box: "moov" })) : Mp4.countInTrack(header.value, number)
  )
