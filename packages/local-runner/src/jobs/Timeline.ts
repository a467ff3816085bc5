import { SourceTracks } from "@runner-connector/core"
import { Option } from "effect"
import type { SourceMedia } from "./SourceMedia.ts"

/** How the tracks of a source are placed on the timeline of a result, which begins at 0 with the earlier of them. */
export interface Timeline {
  /** Seconds that the last picture stays beyond its own end, so that the sound is heard to its end. */
  readonly padding: number
  /** Seconds up to which silence is appended; none when the sound lasts as long as the picture. */
  readonly silenceUntil: Option.Option<number>
  /** Seconds that a result with all tracks lasts. */
  readonly duration: Option.Option<number>
}

/** Seconds. A longer gap is more likely a wrong number in the file. */
const MAX_PADDING = 6 * 3600

/** Seconds. A shorter gap is the rounding of a container, or less than a frame. */
const MIN_PADDING = 0.02

const significant = (seconds: number): number => (seconds > MIN_PADDING && seconds < MAX_PADDING ? seconds : 0)

const fromZero = (span: Option.Option<SourceTracks.Span>): Option.Option<SourceTracks.Span> =>
  Option.map(span, ({ end, start }) => ({ start: 0, end: end - start }))

type Spans = Pick<SourceTracks.SourceTracks, "heard" | "shown">

/** Separate files are played from their starts, as FFmpeg does and servers expect. */
const spansOf = (picture: SourceMedia, sound: SourceMedia): Spans =>
  picture === sound ? picture.tracks : { shown: fromZero(picture.tracks.shown), heard: fromZero(sound.tracks.heard) }

const endOf = ({ heard, shown }: Spans): Option.Option<number> =>
  Option.zipWith(shown, heard, (one, other) => Math.max(one.end, other.end))

/** The timeline of a picture and a sound from these files, which may be the same. */
export const of = (picture: SourceMedia, sound: SourceMedia): Timeline => {
  const spans = spansOf(picture, sound)
  const silence = significant(SourceTracks.silentEnd(spans))
  return {
    padding: significant(SourceTracks.pictureless(spans)),
    silenceUntil: silence > 0 ? endOf(spans) : Option.none(),
    duration: Option.orElse(endOf(spans), () => picture.duration)
  }
}
