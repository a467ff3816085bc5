import { Either, Option } from "effect"
import * as Mp4 from "../mp4/index.ts"
import { InvalidPlaylist } from "./MediaPlaylist.ts"

/** The excess of a playlist over its media that is allowed, in seconds or 5 %. Encoders round at both ends. */
const EXCESS = 1
const SHARE = 0.05

/** A shorter remainder after the last segment is a part of an audio frame. Seconds. */
const REMAINDER = 0.25

/** A shorter last segment is joined with the one before it. Seconds. */
const SHORT_END = 0.25

/** Players pass over shorter gaps and overlaps. Seconds. */
const BREAK = 1

const INF = /^#EXTINF:([\d.]+)/gm
const TARGET = /^#EXT-X-TARGETDURATION:.*$/m

/** The seconds of each segment of a valid playlist. */
export const segmentSeconds = (playlist: string): ReadonlyArray<number> =>
  [...playlist.matchAll(INF)].map(([, seconds]) => Number(seconds))

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

const rounded = (seconds: number): string => `${Math.round(seconds * 10) / 10} s`

const invalid = (problem: string) => Either.left(new InvalidPlaylist({ problem }))

/** Lengthens the last segment by these seconds. */
const extendLast = (playlist: string, by: number): string => {
  const at = playlist.lastIndexOf("#EXTINF:")
  return (
    playlist.slice(0, at) +
    playlist.slice(at).replace(/^#EXTINF:([\d.]+)/, (_, seconds) => `#EXTINF:${(Number(seconds) + by).toFixed(6)}`)
  )
}

const LAST_TWO =
  /#EXTINF:([\d.]+),?\r?\n#EXT-X-BYTERANGE:(\d+)@(\d+)\r?\n(\S+)\r?\n#EXTINF:([\d.]+),?\r?\n#EXT-X-BYTERANGE:(\d+)@(\d+)\r?\n\4(?=\r?\n#EXT-X-ENDLIST)/

/**
 * Joins a last segment that is shorter than {@link SHORT_END} with the one before it. hls.js does not notice that such a
 * segment is buffered, and waits for the end of the stream forever.
 */
const joinShortEnd = (playlist: string): string =>
  playlist.replace(LAST_TWO, (both, seconds, length, offset, name, lastSeconds, lastLength, lastOffset) =>
    Number(lastSeconds) < SHORT_END && Number(offset) + Number(length) === Number(lastOffset)
      ? `#EXTINF:${(Number(seconds) + Number(lastSeconds)).toFixed(6)},\n` +
        `#EXT-X-BYTERANGE:${Number(length) + Number(lastLength)}@${offset}\n${name}`
      : both
  )

/** Raises the target duration to the longest rounded segment. */
const withTarget = (playlist: string): string => {
  const longest = Math.max(1, ...segmentSeconds(playlist).map(Math.round))
  const stated = Number(TARGET.exec(playlist)?.[0].split(":")[1])
  if (stated >= longest) return playlist
  const line = `#EXT-X-TARGETDURATION:${longest}`
  return TARGET.test(playlist) ? playlist.replace(TARGET, line) : playlist.replace("#EXTM3U", `#EXTM3U\n${line}`)
}

/**
 * Fits the durations of a valid playlist to its media, in seconds. FFmpeg takes the durations of segments from the
 * picture only, so audio after the last picture makes the last segment longer. Raises the target duration where needed.
 * Fails for a playlist that promises more than its media.
 */
export const fitPlaylist = (playlist: string, media: Option.Option<number>): Either.Either<string, InvalidPlaylist> => {
  const promised = sum(segmentSeconds(playlist))
  const missing = Option.getOrElse(media, () => promised) - promised
  return -missing > Math.max(EXCESS, SHARE * promised)
    ? invalid(`lasts ${rounded(promised)} although its media lasts ${rounded(promised + missing)}`)
    : Either.right(withTarget(joinShortEnd(missing > REMAINDER ? extendLast(playlist, missing) : playlist)))
}

const endOf = (timeline: Mp4.Timeline, kind: "video" | "audio"): Option.Option<number> => {
  const track = timeline.find((one) => one.track.kind === kind)
  return track === undefined ? Option.none() : Option.some(track.end / track.track.timescale)
}

/**
 * Accepts fragments that play to the end: the decode times of each track are continuous, and no segment lacks audio.
 * Players wait forever in a segment without audio.
 */
export const checkFragments = (playlist: string, timeline: Mp4.Timeline): Either.Either<void, InvalidPlaylist> => {
  if (timeline.length === 0) return invalid("belongs to a media file without fragments")
  const jump = Mp4.breakOf(timeline, BREAK)
  if (Option.isSome(jump)) {
    const { at, by, track } = jump.value
    const kind = by > 0 ? "a gap" : "an overlap"
    return invalid(`belongs to media with ${kind} of ${rounded(Math.abs(by))} in the ${track} at ${rounded(at)}`)
  }
  const ends = Option.all([endOf(timeline, "video"), endOf(timeline, "audio")])
  const last = segmentSeconds(playlist).at(-1) ?? 0
  return Option.match(
    Option.filter(ends, ([video, audio]) => audio <= video - last),
    {
      onNone: () => Either.void,
      onSome: ([video, audio]) =>
        invalid(`has a last segment without sound, which ends after ${rounded(audio)} of ${rounded(video)}`)
    }
  )
}
