import {
  type ConnectorConfig,
  Editing,
  FileKey,
  FileNames,
  type FileStorage,
  type Uploads as Stored,
  Tokens,
  type UploadedFile,
  type Video,
  type VideoStore
} from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Array as Arr, Effect, Option, Schema } from "effect"
import { type Guards, guard } from "./guard.ts"
import { isUploadOf, storeUpload } from "./Intake.ts"
import { isUpload, namesHidden, uploadsFolder } from "./Keys.ts"
import { json, type Routes } from "./routes.ts"
import { fileOf, Uploads } from "./Uploads.ts"
import { findVideo, readJson } from "./VideoRoutes.ts"

const MAX_TASKS = 10

/** The form field for the file of the n-th task. */
const nameOf = (index: number): string => `task-${index + 1}`
const fileNames = new Set(Arr.makeBy(MAX_TASKS, nameOf))

const Options = Schema.Record({ key: Schema.String, value: Schema.Unknown })
/** The connector validates tasks. Only their file names matter here. */
const Tasks = Schema.Array(Schema.Struct({ name: Schema.String, options: Options })).pipe(Schema.maxItems(MAX_TASKS))
type Tasks = typeof Tasks.Type

/** Files named by path belong to the edit and are deleted afterwards. Uploaded videos must not be used that way. */
const mayHandOver = ({ options: { file } }: Tasks[number]): boolean =>
  typeof file !== "string" || !(isUpload(file) || namesHidden(file))

const JsonBody = Schema.Struct({
  tasks: Tasks.pipe(Schema.filter((tasks) => tasks.every(mayHandOver) || "expected files that may be handed over"))
})
/** A form brings its own files. Paths have no meaning there. */
const FormBody = Schema.Struct({
  tasks: Schema.parseJson(Tasks).pipe(
    Schema.filter((tasks) => tasks.every(({ options }) => !("file" in options)) || "expected tasks without a file")
  )
})

const edit = (video: Video.Video, tasks: Tasks) =>
  Effect.gen(function* () {
    const editing = yield* Editing.Editing
    const job = yield* editing.editVideo(video.id, tasks as Parameters<typeof editing.editVideo>[1], {
      keepSource: !isUploadOf(video)
    })
    return json({ job: { uuid: job.id } })
  })

/** The task with its file in storage, or unchanged when it has none. */
const withFile = (folder: string, task: Tasks[number], file: Option.Option<UploadedFile.UploadedFile>) =>
  Option.match(file, {
    onNone: () => Effect.succeed(task),
    onSome: ({ contentType, filename, path }) =>
      Effect.gen(function* () {
        const key = FileKey.FileKey.make(`${folder}/${FileNames.safeNameOf(filename ?? "")}`)
        yield* storeUpload(key, { path, contentType })
        return { ...task, options: { ...task.options, file: key } }
      })
  })

/** The files of a form are stored first and deleted again when the edit is refused. */
const editByForm = (request: Request, video: Video.Video) =>
  Effect.gen(function* () {
    const uploads = yield* Uploads
    return yield* uploads.receiveForm(request, fileNames, (form) =>
      Effect.gen(function* () {
        const { tasks } = yield* Parameters.ofBody(FormBody, form)
        const id = yield* (yield* Tokens.Identifiers).uuid
        const complete = yield* Effect.forEach(tasks, (task, index) =>
          withFile(`${uploadsFolder}/${id}/${nameOf(index)}`, task, fileOf(form, nameOf(index)))
        )
        return yield* edit(video, complete)
      }).pipe(Effect.scoped)
    )
  })

const isForm = (request: Request): boolean =>
  (request.headers.get("content-type") ?? "").toLowerCase().startsWith("multipart/form-data")

/** Requires the right to change videos. */
export const editRoutes: Routes<
  | Guards
  | Uploads
  | ConnectorConfig.ConnectorConfig
  | FileStorage.FileStorage
  | VideoStore.VideoStore
  | Editing.Editing
  | Stored.Uploads
> = [
  {
    method: "POST",
    path: "/videos/:uuid/edit",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const video = yield* findVideo(params)
        if (isForm(request)) return yield* editByForm(request, video)
        const { tasks } = yield* Parameters.ofBody(JsonBody, yield* readJson(request))
        return yield* edit(video, tasks)
      })
  }
]
