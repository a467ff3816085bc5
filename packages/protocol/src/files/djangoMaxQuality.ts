import { ConnectorConfig, type FileStorage, type JobFiles } from "@runner-connector/core"
import { Effect } from "effect"
import type { Handler, Reception } from "../http/Handler.ts"
import { UnknownPath } from "../http/ProtocolErrors.ts"
import { downloadAt, FileParams, handleDownload, inputFile } from "./download.ts"

/** Runners hold this URL in the payloads of jobs that they accepted from django-peertube-runner-connector. */
export const djangoMaxQuality = downloadAt({
  name: "djangoMaxQuality",
  path: "/api/v1/runners/jobs/files/videos/:videoId/:jobUUID/max-quality",
  summary: "The best file of the job's video, under its path in the Django original (DJANGO_DOWNLOAD_PATHS)",
  params: FileParams
})

/** Answers `djangoMaxQuality` if the setting permits it. The path is unknown otherwise. */
export const handleDjangoMaxQuality: Effect.Effect<
  Handler,
  never,
  Reception | JobFiles.JobFiles | FileStorage.FileStorage | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const { djangoDownloadPaths } = yield* ConnectorConfig.ConnectorConfig
  const handle = yield* handleDownload(djangoMaxQuality, inputFile("maxQuality"))
  return (incoming) => (djangoDownloadPaths ? handle(incoming) : new UnknownPath())
})
