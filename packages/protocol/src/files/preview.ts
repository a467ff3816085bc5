import { downloadOf, FileParams, handleDownload, inputFile } from "./download.ts"

/** Older servers had the picture here, and older runners request it here. */
export const preview = downloadOf({
  name: "preview",
  file: "previews/max-quality",
  summary: "The picture of the job's video, under its older name",
  params: FileParams
})

/** Answers `preview`. */
export const handlePreview: ReturnType<typeof handleDownload> = handleDownload(preview, inputFile("thumbnail"))
