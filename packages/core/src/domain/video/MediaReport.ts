import { Schema } from "effect"
import { FullReport } from "../media/FullReport.ts"
import type { ProbeReport } from "../media/ProbeReport.ts"
import type { Video } from "./Video.ts"

/** The name of the report on the source. A report on a rendition has the id of its attempt as its name. */
export const SOURCE = "source"

/** The probe result of a file of a video. Stored beside the video, so that reading videos stays fast. */
export const MediaReport = Schema.Struct({ name: Schema.String, report: FullReport })
export type MediaReport = typeof MediaReport.Type

/** The names of the reports that the video still needs: the source, also after its deletion, and its present files. */
export const namesOf = ({ files, webVideos }: Pick<Video, "files" | "webVideos">): ReadonlySet<string> =>
  new Set([SOURCE, ...files.map(({ attemptId }) => attemptId), ...webVideos.map(({ attemptId }) => attemptId)])

/** The report under this name. None when the probe told only the facts that it needed. */
export const reportAs = (name: string, { full }: ProbeReport): ReadonlyArray<MediaReport> =>
  full === undefined ? [] : [{ name, report: full }]
