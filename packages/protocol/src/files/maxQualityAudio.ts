import { downloadOf, FileParams, handleDownload, inputFile } from "./download.ts"

export const maxQualityAudio = downloadOf({
  name: "maxQualityAudio",
  file: "max-quality/audio",
  summary: "The best audio of the job's video",
  params: FileParams
})

/** Answers `maxQualityAudio`. */
export const handleMaxQualityAudio: ReturnType<typeof handleDownload> = handleDownload(
  maxQualityAudio,
  inputFile("maxQualityAudio")
)
