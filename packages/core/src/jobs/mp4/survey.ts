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
  /** What FFmpeg would read of each track of the header. */
  readonly packets: ReadonlyArray<Mp4.TrackPackets>
}

/** A survey of the boxes so far. */
interface State extends Omit<Survey, "packets"> {
  readonly packets: Mp4.Packets
}

const withHeader = (before: Option.Option<State>, header: Uint8Array) =>
  Either.map(
    Mp4.readMovie(header),
    (movie): State => ({
      ...{ header: header.slice(), movie, timeline: Mp4.empty, shared: Option.some(0) },
      packets: Mp4.noPackets(Option.isNone(before))
    })
  )

const withFragment = (before: State, content: Uint8Array) =>
  Either.gen(function* () {
    const fragment = yield* Mp4.readFragment(content, before.movie)
    const shared = yield* Option.match(before.shared, {
      onNone: () => Either.right(Option.none()),
      onSome: (units) => Mp4.sharedUnits(content, units)
    })
    const timeline = Mp4.add(before.timeline, fragment)
    const after: State = { ...before, shared, timeline, packets: Mp4.withFragment(before.packets, fragment) }
    return after
  })

const withBox = (
  state: Option.Option<State>,
  { body, bytes, end, type }: FileBox
): Either.Either<Option.Option<State>, Mp4.MalformedMp4> => {
  if (type === "mdat") {
    return Either.right(Option.map(state, (one) => ({ ...one, packets: Mp4.withData(one.packets, end - body) })))
  }
  if (Option.isNone(bytes)) return Either.right(state)
  if (type === "moov") return Either.map(withHeader(state, bytes.value), Option.some)
  if (type !== "moof") return Either.right(state)
  return Option.match(state, {
    onNone: () => Either.left(new Mp4.MalformedMp4({ box: type })),
    onSome: (before) => Either.map(withFragment(before, bytes.value), Option.some)
  })
}

/**
 * Reads the boxes of a file that describe its media. None if the file is no MP4 file or has no header; the timeline is
 * empty if it is not fragmented.
 */
export const survey = (file: Source): Effect.Effect<Option.Option<Survey>, UploadError | Mp4.MalformedMp4> =>
  Effect.gen(function* () {
    if (!(yield* isMp4(file))) return Option.none()
    const state = yield* foldBoxes(file, Option.none<State>(), withBox)
    return Option.map(state, (found) => ({ ...found, packets: Mp4.trackPackets(found.movie, found.packets) }))
  }).pipe(Effect.withSpan("mp4.survey"))
