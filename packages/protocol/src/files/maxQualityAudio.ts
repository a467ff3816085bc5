import { downloadOf, FileParams, handleDownload } from "./download.ts"

export const maxQualityAudio = downloadOf({
  name: "maxQualityAudio",
  file: "max-quality/audio",
  summary: "The best audio of the job's video",
  params: FileParams
})

/** Answers `maxQualityAudio`. */
export const handleMaxQualityAudio: ReturnType<typeof handleDownload> = handleDownload(
  maxQualityAudio,
  (files, { body, params }) => files.find({ id: params.jobUUID, ...body }, params.videoId, "maxQualityAudio")
)
