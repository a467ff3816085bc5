import {
  DisplayText,
  Editing,
  FileKey,
  FileNames,
  type FileStorage,
  Tokens,
  UploadedFile,
  type Uploads,
  type Video,
  type VideoStore
} from "@runner-connector/core"
import { Array as Arr, Effect, JSONSchema, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import * as Parameters from "../http/Parameters.ts"
import { makeFindVideo, VideoParams, videoIds } from "./fields.ts"
import { isUploadOf, storeUpload } from "./intake.ts"
import { Destination, isUpload, namesHidden, uploadsFolder } from "./keys.ts"
import { FormTitle } from "./UploadForm.ts"
import { NewJobOfVideo } from "./VideoDocument.ts"

const MAX_TASKS = 10

/** The form field for the file of the n-th task. */
const nameOf = (index: number): string => `task-${index + 1}`
const fileNames = Arr.makeBy(MAX_TASKS, nameOf)

const Options = Schema.Record({ key: Schema.String, value: Schema.Unknown }).annotations({
  jsonSchema: { type: "object" }
})
/** The connector validates tasks. Only their file names matter here. */
const Tasks = Schema.Array(Schema.Struct({ name: Schema.String, options: Options })).pipe(Schema.maxItems(MAX_TASKS))
type Tasks = typeof Tasks.Type

/** Files named by path belong to the edit and are deleted afterwards. Uploaded videos must not be used that way. */
const mayHandOver = ({ options: { file } }: Tasks[number]): boolean =>
  typeof file !== "string" || !(isUpload(file) || namesHidden(file))

/** The options of the edit. The use case refuses a folder and a title for an edit in place. */
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

export const editVideo = endpoint({
  name: "editVideo",
  method: "POST",
  path: "/videos/:uuid/edit",
  summary: "Edit a video by studio tasks; a form has the tasks as JSON text and brings their files",
  manages: true,
  limited: false,
  params: VideoParams,
  body: "form",
  files: fileNames,
  // The two kinds of body have different schemas.
  request: Schema.Object.annotations({
    jsonSchema: JSONSchema.make(Schema.encodedSchema(JsonBody), { target: "jsonSchema2020-12" })
  }),
  status: 200,
  response: NewJobOfVideo,
  problems: [404, 409, 422]
})

/** Absent fields are left out, because an edit in place accepts no folder and no title. */
const optionsFor = (video: Video.Video, { destination, into = "same", title }: Target) => {
  const given = { ...(destination === undefined ? {} : { destination }), ...(title === undefined ? {} : { title }) }
  return into === "new" ? { ...given, into } : { ...given, into, keepSource: !isUploadOf(video) }
}

/** The form's file with this name. */
const fileOf = (body: object, name: string): Option.Option<UploadedFile.UploadedFile> =>
  Option.filter(
    Option.fromNullable((body as Record<string, unknown>)[name]),
    (value) => value instanceof UploadedFile.UploadedFile
  )

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

/** Stores the files of a form. They are deleted when the scope ends, unless an edit has them. */
const tasksOf = (form: object) =>
  Effect.gen(function* () {
    const fields = Object.fromEntries(Object.entries(form).filter(([name]) => !fileNames.includes(name)))
    const { tasks, ...target } = yield* Parameters.ofStrictBody(FormBody, fields)
    const id = yield* (yield* Tokens.Identifiers).uuid
    const complete = yield* Effect.forEach(tasks, (task, index) =>
      withFile(`${uploadsFolder}/${id}/${nameOf(index)}`, task, fileOf(form, nameOf(index)))
    )
    return { tasks: complete, ...target }
  })

const isForm = (request: Request): boolean =>
  (request.headers.get("content-type") ?? "").toLowerCase().startsWith("multipart/form-data")

/** Answers `editVideo`. */
export const handleEditVideo: Effect.Effect<
  Handler,
  never,
  Reception | Editing.Editing | VideoStore.VideoStore | Uploads.Uploads | FileStorage.FileStorage
> = Effect.gen(function* () {
  const editing = yield* Editing.Editing
  const { byId, ofJob } = yield* makeFindVideo
  const context = yield* Effect.context<Uploads.Uploads | FileStorage.FileStorage>()

  const edit = Effect.fnUntraced(function* (video: Video.Video, { tasks, ...target }: Target & { tasks: Tasks }) {
    const job = yield* editing.editVideo(video.id, tasks as Editing.EditTasks, optionsFor(video, target))
    const answer = { job: { uuid: job.id } }
    return target.into === "new" ? { ...answer, video: videoIds(yield* ofJob(job)) } : answer
  })

  return yield* respondWithDocument(editVideo, {
    mayUpload: ({ uuid }) => Effect.as(byId(uuid), true),
    run: ({ body, params, request }) =>
      Effect.gen(function* () {
        const video = yield* byId(params.uuid)
        return yield* edit(video, yield* isForm(request) ? tasksOf(body) : Parameters.ofStrictBody(JsonBody, body))
      }).pipe(Effect.scoped, Effect.provide(context))
  })
})
