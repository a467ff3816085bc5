import { downloadOf, FileParams, handleDownload, inputFile } from "./download.ts"

export const maxQuality = downloadOf({
  name: "maxQuality",
  file: "max-quality",
  summary: "The best file of the job's video",
  params: FileParams
})

/** Answers `maxQuality`. */
export const handleMaxQuality: ReturnType<typeof handleDownload> = handleDownload(maxQuality, inputFile("maxQuality"))
