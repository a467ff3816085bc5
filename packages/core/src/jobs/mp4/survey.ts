import { Effect, Either, Option } from "effect"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { type FileBox, foldBoxes, isMp4, type Source } from "./boxes.ts"

/** What the boxes of a fragmented MP4 file say of its tracks. */
export interface Survey {
  /** The whole `moov` box. */
  readonly header: Uint8Array
  readonly movie: Mp4.Movie
  readonly timeline: Mp4.Timeline
  /** All durations that samples of a fragment share are multiples of it; 0 without such. None if they stand in the header. */
  readonly shared: Option.Option<number>
}

const withBox = (survey: Option.Option<Survey>, { bytes, type }: FileBox) =>
  Either.gen(function* () {
    if (Option.isNone(bytes)) return survey
    if (type === "moov") {
      const movie = yield* Mp4.readMovie(bytes.value)
      return Option.some({ header: bytes.value.slice(), movie, timeline: Mp4.empty, shared: Option.some(0) })
    }
    if (type !== "moof") return survey
    if (Option.isNone(survey)) return yield* Either.left(new Mp4.MalformedMp4({ box: type }))
    const { header, movie, timeline } = survey.value
    const content = bytes.value
    const shared = yield* Option.match(survey.value.shared, {
      onNone: () => Either.right(Option.none()),
      onSome: (units) => Mp4.sharedUnits(content, units)
    })
    return Option.some({
      ...{ header, movie, shared },
      timeline: Mp4.add(timeline, yield* Mp4.readFragment(content, movie))
    })
  })

/**
 * Reads the boxes of a file that describe its media. None if the file is no MP4 file or has no header; the timeline is
 * empty if it is not fragmented.
 */
export const survey = (file: Source): Effect.Effect<Option.Option<Survey>, UploadError | Mp4.MalformedMp4> =>
  Effect.if(isMp4(file), {
    onTrue: () => foldBoxes(file, Option.none<Survey>(), withBox),
    onFalse: () => Effect.succeedNone
  }).pipe(Effect.withSpan("mp4.survey"))
