import {
  type ConnectorConfig,
  DisplayText,
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
import { Destination, isUpload, namesHidden, uploadsFolder } from "./Keys.ts"
import { json, type Routes } from "./routes.ts"
import { FormTitle, fileOf, Uploads } from "./Uploads.ts"
import { findVideo, readJson, videoIds, videoOf } from "./VideoRoutes.ts"

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

/** What the edit makes. The use case refuses a folder and a title for an edit in place. */
const target = {
  into: Schema.optional(Schema.Literal("same", "new")),
  destination: Schema.optional(Destination)
}

const JsonBody = Schema.Struct({
  ...target,
  title: Schema.optional(DisplayText.DisplayText),
  tasks: Tasks.pipe(Schema.filter((tasks) => tasks.every(mayHandOver) || "expected files that may be handed over"))
})
/** A form brings its own files. Paths have no meaning there. */
const FormBody = Schema.Struct({
  ...target,
  title: FormTitle,
  tasks: Schema.parseJson(Tasks).pipe(
    Schema.filter((tasks) => tasks.every(({ options }) => !("file" in options)) || "expected tasks without a file")
  )
})

type Target = Omit<typeof JsonBody.Type, "tasks">

/** Absent fields are left out, because an edit in place knows no folder and no title. */
const optionsFor = (video: Video.Video, { destination, into = "same", title }: Target) => {
  const given = { ...(destination === undefined ? {} : { destination }), ...(title === undefined ? {} : { title }) }
  return into === "new" ? { ...given, into } : { ...given, into, keepSource: !isUploadOf(video) }
}

const edit = (video: Video.Video, tasks: Tasks, target: Target) =>
  Effect.gen(function* () {
    const { editVideo } = yield* Editing.Editing
    const job = yield* editVideo(video.id, tasks as Editing.EditTasks, optionsFor(video, target))
    if (target.into !== "new") return json({ job: { uuid: job.id } })
    return json({ job: { uuid: job.id }, video: videoIds(yield* videoOf(job)) })
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
        const { tasks, ...target } = yield* Parameters.ofBody(FormBody, form)
        const id = yield* (yield* Tokens.Identifiers).uuid
        const complete = yield* Effect.forEach(tasks, (task, index) =>
          withFile(`${uploadsFolder}/${id}/${nameOf(index)}`, task, fileOf(form, nameOf(index)))
        )
        return yield* edit(video, complete, target)
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
        const { tasks, ...target } = yield* Parameters.ofBody(JsonBody, yield* readJson(request))
        return yield* edit(video, tasks, target)
      })
  }
]
