import { downloadOf, FileParams, handleDownload } from "./download.ts"

export const thumbnail = downloadOf({
  name: "thumbnail",
  file: "thumbnails/max-quality",
  summary: "The picture of the job's video",
  params: FileParams
})

/** Answers `thumbnail`. */
export const handleThumbnail: ReturnType<typeof handleDownload> = handleDownload(thumbnail, (files, { body, params }) =>
  files.find({ id: params.jobUUID, ...body }, params.videoId, "thumbnail")
)
