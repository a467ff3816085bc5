import { MediaReports } from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Effect, Option } from "effect"
import { type Guards, guard } from "./guard.ts"
import { json, type Routes } from "./routes.ts"
import { VideoParams } from "./VideoRoutes.ts"

const fileDocument = ({ file, report }: MediaReports.ReportedFile) => ({
  resolution: file.resolution,
  fps: file.fps,
  report: Option.getOrNull(report)
})

/** Complete probe results. Tags can hold private data of the uploader, so reading requires the right to change videos. */
export const reportRoutes: Routes<Guards | MediaReports.MediaReports> = [
  {
    method: "GET",
    path: "/videos/:uuid/reports",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        const { reportsOf } = yield* MediaReports.MediaReports
        const { files, source, webVideos } = yield* reportsOf(uuid)
        return json({
          source: Option.getOrNull(source),
          files: files.map(fileDocument),
          webVideos: webVideos.map(fileDocument)
        })
      })
  }
]
