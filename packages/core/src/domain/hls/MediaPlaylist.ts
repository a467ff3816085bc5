import { Array as Arr, Either, Option, Schema } from "effect"
import { ambiguous, quoted } from "../ForeignText.ts"

/** The playlist of a rendition cannot be served. The message is a sentence with the reason. */
export class InvalidPlaylist extends Schema.TaggedError<InvalidPlaylist>()("InvalidPlaylist", {
  /** The reason: a sentence without its subject. */
  problem: Schema.String
}) {
  override get message(): string {
    return `The playlist ${this.problem}.`
  }
}

/** Bytes of a media file, both ends included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

const runnerMediaName = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-\d+-fragmented\.mp4/g

/** Replaces the runner's names of the media file in a playlist. */
export const renameMedia = (playlist: string, newName: string): string =>
  playlist.replaceAll(runnerMediaName, () => newName)

const RANGE = "#EXT-X-BYTERANGE:"
const duration = /^\d{1,9}(?:\.\d{1,9})?,?$/

const linesOf = (playlist: string): ReadonlyArray<string> => playlist.split(/\r?\n/).filter((line) => line !== "")

/** The range `<length>[@<offset>]`. Without an offset it begins where the previous one ended. */
const parseRange = (text: string, following: number): Option.Option<ByteRange> => {
  const [, length = "0", offset] = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text) ?? []
  const first = offset === undefined ? following : Number(offset)
  return Number(length) > 0 ? Option.some({ first, last: first + Number(length) - 1 }) : Option.none()
}

/** The byte ranges of the segments of a valid playlist, in order. */
export const segmentRanges = (playlist: string): ReadonlyArray<ByteRange> => {
  const ranges = linesOf(playlist).filter((line) => line.startsWith(RANGE))
  const [, parsed] = Arr.mapAccum(ranges, 0, (following, line) => {
    const range = parseRange(line.slice(RANGE.length), following)
    return [Option.match(range, { onNone: () => following, onSome: ({ last }) => last + 1 }), range]
  })
  return Arr.getSomes(parsed)
}

/** The bytes of the init segment of a valid playlist, which begins with the file. 0 when they are not stated. */
export const headerSize = (playlist: string): number =>
  Number(/^#EXT-X-MAP:.*BYTERANGE="(\d+)@0"/m.exec(playlist)?.[1] ?? 0)

/**
 * The tags that a playlist of one stored file needs. Tags that can contain a URL, or change the meaning of a name, are
 * excluded.
 */
const allowedTags: ReadonlySet<string> = new Set(
  [
    ["EXTM3U", "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE"],
    ["EXT-X-PLAYLIST-TYPE", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-ALLOW-CACHE", "EXT-X-START", "EXT-X-MAP", "EXTINF"],
    ["EXT-X-BYTERANGE", "EXT-X-DISCONTINUITY", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-BITRATE", "EXT-X-ENDLIST"]
  ].flat()
)

/** The only file that a playlist may list. */
export interface Media {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

/**
 * Accepts a renamed playlist of a rendition that can be served unchanged: a complete VOD playlist with an init segment
 * and at least one segment, which refers only to byte ranges of the media file. Rejects any other name, URL, key or tag
 * that could contain one.
 */
export const validateMediaPlaylist = (playlist: string, media: Media): Either.Either<void, InvalidPlaylist> =>
  Option.match(
    wrongCharacters(playlist).pipe(
      Option.orElse(() => wrongFrame(linesOf(playlist))),
      Option.orElse(() => wrongLine(linesOf(playlist), media))
    ),
    {
      onNone: () => Either.void,
      onSome: (problem) => Either.left(new InvalidPlaylist({ problem }))
    }
  )

const wrongCharacters = (playlist: string): Option.Option<string> =>
  ambiguous.test(playlist) ? Option.some("has characters that have no place in it") : Option.none()

const wrongFrame = (lines: ReadonlyArray<string>): Option.Option<string> => {
  if (lines[0] !== "#EXTM3U") return Option.some("does not begin with #EXTM3U")
  if (lines.indexOf("#EXT-X-ENDLIST") !== lines.length - 1) return Option.some("does not end with #EXT-X-ENDLIST")
  if (!lines.includes("#EXT-X-PLAYLIST-TYPE:VOD")) return Option.some("is not of the type VOD")
  return Option.none()
}

interface Reading {
  readonly problem: Option.Option<string>
  readonly hasMap: boolean
  /** The tags before the next name. */
  readonly hasDuration: boolean
  readonly range: Option.Option<ByteRange>
  readonly following: number
  readonly segments: number
}

const wrongLine = (lines: ReadonlyArray<string>, media: Media): Option.Option<string> => {
  let reading: Reading = {
    problem: Option.none(),
    hasMap: false,
    hasDuration: false,
    range: Option.none(),
    following: 0,
    segments: 0
  }
  for (const line of lines) {
    reading = line.startsWith("#") ? readTag(reading, line, media) : readName(reading, line, media)
    if (Option.isSome(reading.problem)) return reading.problem
  }
  return reading.segments === 0 ? Option.some("has no segments") : Option.none()
}

const readTag = (reading: Reading, line: string, media: Media): Reading => {
  const [, tag = "", value = ""] = /^#([^:]*):?(.*)$/.exec(line) ?? []
  if (!tag.startsWith("EXT") || line === "#EXT-X-KEY:METHOD=NONE") return reading
  if (!allowedTags.has(tag)) return failed(reading, `has the tag ${quoted(tag)}, which has no place in it`)
  if (tag === "EXTINF") {
    // Some players read the text after a duration as a name.
    return duration.test(value)
      ? { ...reading, hasDuration: true }
      : failed(reading, `has ${quoted(value)} for a duration`)
  }
  if (tag === "EXT-X-MAP") return readMap(reading, value, media)
  if (tag === "EXT-X-BYTERANGE") {
    const range = parseRange(value, reading.following)
    return { ...reading, range, problem: wrongRange(value, range, media) }
  }
  return reading
}

const readMap = (reading: Reading, value: string, media: Media): Reading => {
  const [, uri = "", range] = /^URI="([^"]*)"(?:,BYTERANGE="([^"]*)")?$/.exec(value) ?? []
  if (uri !== media.name) return failed(reading, wrongName(uri, media))
  const problem = range === undefined ? Option.none() : wrongRange(range, parseRange(range, 0), media)
  return { ...reading, problem, hasMap: true }
}

const readName = (reading: Reading, line: string, media: Media): Reading => {
  if (line !== media.name) return failed(reading, wrongName(line, media))
  if (!reading.hasMap) return failed(reading, "has no init segment before the first segment")
  if (!reading.hasDuration) return failed(reading, "has a segment without a duration")
  if (Option.isNone(reading.range)) return failed(reading, "has a segment without a byte range")
  if (reading.range.value.first < reading.following) return failed(reading, "has byte ranges that overlap")
  const following = reading.range.value.last + 1
  return { ...reading, hasDuration: false, range: Option.none(), following, segments: reading.segments + 1 }
}

const failed = (reading: Reading, problem: string): Reading => ({ ...reading, problem: Option.some(problem) })

const wrongRange = (text: string, range: Option.Option<ByteRange>, media: Media): Option.Option<string> =>
  Option.match(range, {
    onNone: () => Option.some(`has ${quoted(text)} for a byte range`),
    onSome: ({ last }) =>
      last < media.size ? Option.none() : Option.some(`has the byte range ${text} in a file of ${media.size} bytes`)
  })

const wrongName = (name: string, media: Media): string =>
  `refers to ${quoted(name)}, not to ${quoted(media.name)} alone`
