import { downloadOf, FileParams, handleDownload } from "./download.ts"

export const maxQuality = downloadOf({
  name: "maxQuality",
  file: "max-quality",
  summary: "The best file of the job's video",
  params: FileParams
})

/** Answers `maxQuality`. */
export const handleMaxQuality: ReturnType<typeof handleDownload> = handleDownload(
  maxQuality,
  (files, { body, params }) => files.find({ id: params.jobUUID, ...body }, params.videoId, "maxQuality")
)
