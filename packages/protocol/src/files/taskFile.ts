import { Schema } from "effect"
import { downloadOf, FileParams, handleDownload } from "./download.ts"

/** The names are ours: the files of a studio job in the order of its tasks. */
export const taskFile = downloadOf({
  name: "taskFile",
  file: "studio/task-files/:filename",
  summary: "A file of one task of a studio job",
  params: Schema.extend(
    FileParams,
    Schema.Struct({ filename: Schema.String.pipe(Schema.pattern(/^[a-z0-9-]{1,200}\.[a-z0-9]{1,8}$/)) })
  )
})

/** Answers `taskFile`. */
export const handleTaskFile: ReturnType<typeof handleDownload> = handleDownload(taskFile, (files, { body, params }) =>
  files.findTaskFile({ id: params.jobUUID, ...body }, params.videoId, params.filename)
)
