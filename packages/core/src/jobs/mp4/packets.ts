import { Effect, Either, Option } from "effect"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { headerOf, type Source } from "./boxes.ts"
import { survey } from "./survey.ts"

export type { TrackPackets } from "../../domain/mp4/index.ts"
export type { Source } from "./boxes.ts"

/** The kinds of the tracks of an MP4 file, which its header lists. None if the file is no MP4 file or has no header. */
export const kindsOf = (
  file: Source
): Effect.Effect<Option.Option<ReadonlyArray<Mp4.TrackPackets["kind"]>>, UploadError | Mp4.MalformedMp4> =>
  Effect.flatMap(headerOf(file), (header) =>
    Effect.transposeMapOption(header, (bytes) =>
      Either.map(Mp4.readMovie(bytes), ({ tracks }) => tracks.map(({ kind }) => kind))
    )
  )

/**
 * The tracks of an MP4 file and, if it is fragmented, their packets. Reads only the boxes that describe the media, so it
 * takes milliseconds where reading all packets takes as long as reading the file. None if the file is no MP4 file.
 */
export const packetsOf = (
  file: Source
): Effect.Effect<Option.Option<ReadonlyArray<Mp4.TrackPackets>>, UploadError | Mp4.MalformedMp4> =>
  Effect.map(
    survey(file),
    Option.map(({ packets }) => packets)
  )
