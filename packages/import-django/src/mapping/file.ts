import {
  type FileKey,
  FullReport,
  MediaFacts,
  MediaReport,
  type MediaSummary,
  mediaFile,
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
  const { key, report, row } = file
  const made = mediaFile(report, summaryOf(file), { attemptId: row.id, key })
  return Option.isSome(report) ? made : { ...made, resolution: Math.max(0, row.resolution) }
}
