import { Array as Arr, Either, Option, Order, Schema } from "effect"
import { ambiguous, quoted } from "../ForeignText.ts"
import { InvalidPlaylist } from "../hls/MediaPlaylist.ts"
import { chunkOf, LiveChunkName, LivePlaylistName } from "./LiveFiles.ts"

/** A segment as listed in the playlist of a variant. */
export interface LiveSegment {
  readonly name: string
  /** Seconds. */
  readonly duration: number
}

const isChunkName = Schema.is(LiveChunkName)
const isPlaylistName = Schema.is(LivePlaylistName)

/** The tags of a playlist of segments. None of them can contain a URL. */
const segmentTags: ReadonlySet<string> = new Set(
  [
    ["EXTM3U", "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE"],
    ["EXT-X-PLAYLIST-TYPE", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-ALLOW-CACHE", "EXTINF", "EXT-X-DISCONTINUITY"],
    ["EXT-X-PROGRAM-DATE-TIME", "EXT-X-ENDLIST"]
  ].flat()
)
const masterTags: ReadonlySet<string> = new Set([
  "EXTM3U",
  "EXT-X-VERSION",
  "EXT-X-INDEPENDENT-SEGMENTS",
  "EXT-X-MEDIA",
  "EXT-X-STREAM-INF"
])

const linesOf = (text: string): ReadonlyArray<string> => text.split(/\r?\n/).filter((line) => line !== "")

const tagOf = (line: string): string => /^#([^:]*)/.exec(line)?.[1] ?? ""

/** Lines that are neither names nor tags are ignored. */
const isComment = (line: string): boolean => line.startsWith("#") && !line.startsWith("#EXT")

const invalid = (problem: string): Either.Either<never, InvalidPlaylist> =>
  Either.left(new InvalidPlaylist({ problem }))

const foreignTag = (lines: ReadonlyArray<string>, allowed: ReadonlySet<string>): Option.Option<string> =>
  Option.fromNullable(lines.find((line) => line.startsWith("#") && !isComment(line) && !allowed.has(tagOf(line)))).pipe(
    Option.map((line) => `has the tag ${quoted(tagOf(line))}, which has no place in it`)
  )

const readLines = (
  text: string,
  allowed: ReadonlySet<string>
): Either.Either<ReadonlyArray<string>, InvalidPlaylist> => {
  const lines = linesOf(text)
  if (ambiguous.test(text)) return invalid("has characters that have no place in it")
  if (lines[0] !== "#EXTM3U") return invalid("does not begin with #EXTM3U")
  return Option.match(foreignTag(lines, allowed), {
    onNone: () => Either.right(lines.filter((line) => !isComment(line))),
    onSome: invalid
  })
}

/**
 * The segments that the playlist of a variant lists, in order. Rejects references to anything but segments, because
 * players would fetch them. The playlist may be cut after any segment.
 */
export const segmentsIn = (playlist: string): Either.Either<ReadonlyArray<LiveSegment>, InvalidPlaylist> =>
  Either.flatMap(readLines(playlist, segmentTags), (lines) => {
    const segments: Array<LiveSegment> = []
    let duration = Option.none<number>()
    for (const line of lines) {
      if (line.startsWith("#EXTINF:")) {
        const [, seconds] = /^#EXTINF:(\d{1,9}(?:\.\d{1,9})?),?$/.exec(line) ?? []
        if (seconds === undefined) return invalid(`has ${quoted(line)} for a duration`)
        duration = Option.some(Number(seconds))
      } else if (!line.startsWith("#")) {
        if (!isChunkName(line)) return invalid(`refers to ${quoted(line)}, which is no segment`)
        if (Option.isNone(duration)) return invalid("has a segment without a duration")
        segments.push({ name: line, duration: duration.value })
        duration = Option.none()
      }
    }
    return Either.right(segments)
  })

/** The playlists of variants that the master playlist of a live lists. Rejects references to anything else. */
export const variantsIn = (playlist: string): Either.Either<ReadonlyArray<string>, InvalidPlaylist> =>
  Either.flatMap(readLines(playlist, masterTags), (lines) => {
    const names = lines.flatMap((line) =>
      line.startsWith("#") ? Array.from(line.matchAll(/URI="?([^",]*)/g), ([, uri = ""]) => uri) : [line]
    )
    const foreign = names.find((name) => !isPlaylistName(name))
    return foreign === undefined
      ? Either.right(Arr.dedupe(names))
      : invalid(`refers to ${quoted(foreign)}, which is no playlist of a variant`)
  })

/** The progress of the playlist of a variant. */
interface Position {
  readonly last: number
  readonly sequence: number
  readonly isFinished: boolean
}

const furthest: Order.Order<Position> = Order.combineAll([
  Order.mapInput(Order.number, ({ last }: Position) => last),
  Order.mapInput(Order.number, ({ sequence }: Position) => sequence),
  Order.mapInput(Order.boolean, ({ isFinished }: Position) => isFinished)
])

/** The number of the last segment that a playlist lists. None when it lists none, or none with a number. */
export const lastNumber = (playlist: string): Option.Option<number> =>
  Either.getRight(segmentsIn(playlist)).pipe(
    Option.flatMap(Arr.last),
    Option.flatMap(({ name }) => chunkOf(name)),
    Option.map(({ number }) => number)
  )

const positionOf = (playlist: string): Option.Option<Position> =>
  Option.map(lastNumber(playlist), (last) => ({
    last,
    sequence: Number(/^#EXT-X-MEDIA-SEQUENCE:(\d{1,15})\r?$/m.exec(playlist)?.[1] ?? 0),
    isFinished: /^#EXT-X-ENDLIST\r?$/m.test(playlist)
  }))

/**
 * True when a playlist of a variant is older than another one. Runners send several reports at once, and they arrive in
 * any order. Segments without numbers do not count.
 */
export const isBehind = (playlist: string, other: string): boolean =>
  Option.exists(Option.product(positionOf(playlist), positionOf(other)), ([one, two]) =>
    Order.lessThan(furthest)(one, two)
  )
