import { SourceTracks } from "@runner-connector/core"
import { Option } from "effect"
import type { SourceMedia } from "./SourceMedia.ts"

/**
 * The position of the tracks of a source on the timeline of a result. The timeline starts at 0 with the earlier track.
 */
export interface Timeline {
  /** Seconds for which the last frame is held after its own end, so that the audio plays to its end. */
  readonly padding: number
  /** Seconds up to which silence is appended. None if the audio is at least as long as the video. */
  readonly silenceUntil: Option.Option<number>
  /** Duration in seconds of a result with all tracks. */
  readonly duration: Option.Option<number>
}

/** Seconds. A longer gap is probably a wrong number in the file. */
const MAX_PADDING = 6 * 3600

/** Seconds. A shorter gap is a rounding error of the container, or less than a frame. */
const MIN_PADDING = 0.02

const significant = (seconds: number): number => (seconds > MIN_PADDING && seconds < MAX_PADDING ? seconds : 0)

const fromZero = (span: Option.Option<SourceTracks.Span>): Option.Option<SourceTracks.Span> =>
  Option.map(span, ({ end, start }) => ({ start: 0, end: end - start }))

type Spans = Pick<SourceTracks.SourceTracks, "heard" | "shown">

/** Separate files play from their own starts, as FFmpeg handles them and servers expect. */
const spansOf = (picture: SourceMedia, sound: SourceMedia): Spans =>
  picture === sound ? picture.tracks : { shown: fromZero(picture.tracks.shown), heard: fromZero(sound.tracks.heard) }

const endOf = ({ heard, shown }: Spans): Option.Option<number> =>
  Option.zipWith(shown, heard, (one, other) => Math.max(one.end, other.end))

/** Returns the timeline of a video and an audio stream from these files, which may be the same file. */
export const of = (picture: SourceMedia, sound: SourceMedia): Timeline => {
  const spans = spansOf(picture, sound)
  const silence = significant(SourceTracks.silentEnd(spans))
  return {
    padding: significant(SourceTracks.frozenEnd(spans)),
    silenceUntil: silence > 0 ? endOf(spans) : Option.none(),
    duration: Option.orElse(endOf(spans), () => picture.duration)
  }
}
