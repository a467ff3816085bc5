import {
  type FileKey,
  FullReport,
  HlsCodecs,
  MediaFacts,
  MediaReport,
  type MediaSummary,
  ProbeReport,
  type Video
} from "@runner-connector/core"
import { Option, Schema } from "effect"
import type { FileRow } from "../database/tables.ts"

/** The role of a file in its video. */
export type Role = "rendition" | "progressive" | "source"

/** A row whose file is in the storage of the original. */
export interface FoundFile {
  readonly row: FileRow
  readonly role: Role
  readonly key: FileKey.FileKey
  /** Bytes, as stored. */
  readonly size: number
  /** None when the file could not be probed. */
  readonly report: Option.Option<ProbeReport.ProbeReport>
  /** The media playlist of a rendition. */
  readonly playlistKey: Option.Option<FileKey.FileKey>
}

/** The temporary source has neither a playlist nor an extension. */
export const roleOf = ({ extname, streamingPlaylist_id }: FileRow): Role => {
  if (streamingPlaylist_id !== null) return "rendition"
  return extname === null || extname === "" ? "source" : "progressive"
}

/** The probe's report in the row. None when it has no streams. */
export const storedReport = ({ metadata }: FileRow): Option.Option<ProbeReport.ProbeReport> =>
  Option.filter(Schema.decodeUnknownOption(ProbeReport.ProbeReport)(metadata), ({ streams }) => streams.length > 0)

/** Facts of a file without a report: only what the row says. */
const guessed = ({ row, size }: FoundFile): MediaSummary.MediaSummary => ({
  duration: Option.none(),
  size,
  hasVideo: row.resolution > 0,
  hasAudio: true,
  width: 0,
  height: row.resolution,
  fps: Math.max(0, row.fps)
})

/** The whole probe result in the row, to be kept with the video. */
export const storedReports = ({ role, row }: FoundFile): ReadonlyArray<MediaReport.MediaReport> =>
  Option.isNone(storedReport(row))
    ? []
    : [{ name: role === "source" ? MediaReport.SOURCE : row.id, report: FullReport.limited(row.metadata) }]

export const summaryOf = (file: FoundFile): MediaSummary.MediaSummary =>
  Option.match(file.report, {
    onNone: () => guessed(file),
    onSome: (report) => ({ ...MediaFacts.summarize(report), size: file.size })
  })

/** The file as a file of the new video. The id of its row takes the place of the attempt. */
export const mediaOf = (file: FoundFile): Video.WebVideo => {
  const { duration, fps, hasAudio, hasVideo, height, width } = summaryOf(file)
  const { key, report, row, size } = file
  return {
    attemptId: row.id,
    resolution: hasVideo ? (Option.isSome(report) ? Math.min(width, height) : row.resolution) : 0,
    fps: Math.round(fps),
    width,
    height,
    size,
    duration,
    hasVideo,
    hasAudio,
    codecs: Option.match(report, { onNone: () => [], onSome: HlsCodecs.codecsOf }),
    ...Option.match(Option.flatMap(report, HlsCodecs.videoRangeOf), {
      onNone: () => ({}),
      onSome: (videoRange) => ({ videoRange })
    }),
    key
  }
}
