import type { ChunkedRendition, ChunkPart } from "../video/Chunking.ts"
import { nameOf } from "../video/FileNames.ts"

/**
 * Seconds. The target duration of a playlist must not change while it grows. Segments of runners have four seconds unless
 * the pictures of a copied source are further apart.
 */
const USUAL_TARGET = 6

const mapLine = ({ header, key }: ChunkPart): string => `#EXT-X-MAP:URI="${nameOf(key)}",BYTERANGE="${header.size}@0"`

const segmentLines = ({ key, segments }: ChunkPart): ReadonlyArray<string> =>
  segments.flatMap(([seconds, first, length]) => [
    `#EXTINF:${seconds.toFixed(6)},`,
    `#EXT-X-BYTERANGE:${length}@${first}`,
    nameOf(key)
  ])

/**
 * Players need another init segment where the header differs from that before it. Times continue, so there is no
 * EXT-X-DISCONTINUITY: after it hls.js would align the decode times of the new part with the playlist, and move the
 * picture against the audio where the encoders reorder pictures differently.
 */
const headerLines = (part: ChunkPart, before: ChunkPart | undefined): ReadonlyArray<string> => {
  if (before === undefined) return [mapLine(part)]
  return part.header.digest === before.header.digest ? [] : [mapLine(part)]
}

/**
 * The text of the playlist of a rendition that is made in chunks, over its first parts. While it grows, it has the type
 * EVENT: players read it again, and begin at the start. The complete one has the type VOD.
 */
export const growingPlaylist = (
  { parts }: Pick<ChunkedRendition, "parts">,
  { count, isComplete }: { readonly count: number; readonly isComplete: boolean }
): string => {
  const shown = parts.slice(0, count)
  const longest = Math.max(USUAL_TARGET, ...shown.flatMap(({ segments }) => segments.map(([s]) => Math.round(s))))
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${longest}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${isComplete ? "VOD" : "EVENT"}`,
    "#EXT-X-START:TIME-OFFSET=0",
    ...shown.flatMap((part, index) => [...headerLines(part, shown[index - 1]), ...segmentLines(part)]),
    ...(isComplete ? ["#EXT-X-ENDLIST"] : []),
    ""
  ].join("\n")
}
