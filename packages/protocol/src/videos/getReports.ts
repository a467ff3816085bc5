import { FullReport, MediaReports } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { VideoParams } from "./fields.ts"

const Report = Schema.NullOr(FullReport.FullReport.annotations({ jsonSchema: { type: "object" } }))

const FileReport = Schema.Struct({ resolution: Schema.Int, fps: Schema.Int, report: Report }).annotations({
  identifier: "FileReport"
})

/** Tags can hold private data of the uploader, so reading requires the right to manage videos. */
export const getReports = endpoint({
  name: "getReports",
  method: "GET",
  path: "/videos/:uuid/reports",
  summary: "Show the complete probe results of a video",
  manages: true,
  limited: false,
  params: VideoParams,
  status: 200,
  response: Schema.Struct({ source: Report, files: Schema.Array(FileReport), webVideos: Schema.Array(FileReport) }),
  problems: [404]
})

const fileDocument = ({ file, report }: MediaReports.ReportedFile): typeof FileReport.Type => ({
  resolution: file.resolution,
  fps: file.fps,
  report: Option.getOrNull(report)
})

/** Answers `getReports`. */
export const handleGetReports: Effect.Effect<Handler, never, Reception | MediaReports.MediaReports> = Effect.flatMap(
  MediaReports.MediaReports,
  ({ reportsOf }) =>
    respondWithDocument(getReports, {
      run: ({ params }) =>
        Effect.map(reportsOf(params.uuid), ({ files, source, webVideos }) => ({
          source: Option.getOrNull(source),
          files: files.map(fileDocument),
          webVideos: webVideos.map(fileDocument)
        }))
    })
)
