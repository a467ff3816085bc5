import { Context, Effect, Layer, Option } from "effect"
import type { VideoId } from "../../domain/Ids.ts"
import type { FullReport } from "../../domain/media/FullReport.ts"
import { SOURCE } from "../../domain/video/MediaReport.ts"
import type { WebVideo } from "../../domain/video/Video.ts"
import { MediaReportStore } from "../../ports/MediaReportStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import type { UnknownVideo } from "../errors.ts"

/** A file of a video with the report on it. */
export interface ReportedFile {
  readonly file: WebVideo
  /** None for files of versions that did not keep reports. */
  readonly report: Option.Option<FullReport>
}

/** The probe results of a video. */
export interface ReportsOfVideo {
  /**
   * The source as it was taken in, also after its deletion. After an edit: the result of the edit. After a live: its
   * recording.
   */
  readonly source: Option.Option<FullReport>
  /** HLS renditions, lowest resolution first. */
  readonly files: ReadonlyArray<ReportedFile>
  /** Progressive files, lowest resolution first. */
  readonly webVideos: ReadonlyArray<ReportedFile>
}

/** Complete probe results. */
export class MediaReports extends Context.Tag("@runner-connector/core/MediaReports")<
  MediaReports,
  {
    /** The reports of ffprobe on the source and each rendition of a video. Read only when they are wanted. */
    readonly reportsOf: (video: VideoId) => Effect.Effect<ReportsOfVideo, UnknownVideo | PersistenceError>
  }
>() {}

const make = Effect.gen(function* () {
  const store = yield* MediaReportStore
  const knownVideo = yield* makeKnownVideo

  return MediaReports.of({
    reportsOf: spanned("MediaReports.reportsOf")(function* (id) {
      const { files, webVideos } = yield* knownVideo(id)
      const reports = new Map((yield* store.ofVideo(id)).map(({ name, report }) => [name, report]))
      const find = (name: string) => Option.fromNullable(reports.get(name))
      const reported = (file: WebVideo) => ({ file, report: find(file.attemptId) })
      return { source: find(SOURCE), files: files.map(reported), webVideos: webVideos.map(reported) }
    })
  })
})

/** Reports over the ports. */
export const layer: Layer.Layer<MediaReports, never, MediaReportStore | VideoStore> = Layer.effect(MediaReports, make)
