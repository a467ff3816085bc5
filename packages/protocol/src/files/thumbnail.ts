import { downloadOf, FileParams, handleDownload, inputFile } from "./download.ts"

export const thumbnail = downloadOf({
  name: "thumbnail",
  file: "thumbnails/max-quality",
  summary: "The picture of the job's video",
  params: FileParams
})

/** Answers `thumbnail`. */
export const handleThumbnail: ReturnType<typeof handleDownload> = handleDownload(thumbnail, inputFile("thumbnail"))
