import { JobType as Core, FileKey, FileStorage, HostData, type RunnerJob, UploadedFile } from "@runner-connector/core"
import { Effect, Option, ParseResult, Schema, Stream } from "effect"
import type { AnyJobType, JobOutcome, ResultFile } from "../api/JobTypes.ts"
import { ResultRefused } from "../errors/index.ts"
import { plainJob } from "../plain/plainJob.ts"

type Attempt = Core.Attempt<unknown, object>

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Reads payloads by the function of the application. */
const payloadOf = ({ payload }: AnyJobType) =>
  Schema.transformOrFail(Schema.Unknown, Schema.Unknown, {
    strict: true,
    decode: (value, _options, ast) =>
      ParseResult.try({
        try: () => payload(value),
        catch: (error) => new ParseResult.Type(ast, value, messageOf(error))
      }),
    encode: ParseResult.succeed
  })

const fieldsOf = <A>(names: ReadonlyArray<string>, schema: Schema.Schema<A>) =>
  Object.fromEntries(names.map((name) => [name, schema]))

const resultOf = ({ result: { files = [], texts = [] } = {} }: AnyJobType) =>
  Schema.Struct({ ...fieldsOf(texts, Schema.String), ...fieldsOf(files, UploadedFile.UploadedFile.schema) })

const plainAttempt = ({ attemptId, job, payload }: Attempt) => ({ attemptId, payload, job: plainJob(job) })

const resultFile = (file: UploadedFile.UploadedFile): ResultFile => ({
  fileName: file.filename,
  contentType: file.contentType,
  size: file.size,
  text: () => Effect.runPromise(UploadedFile.readText(file)),
  stream: () => Stream.toReadableStream(file.content)
})

const isFile = (value: unknown): value is UploadedFile.UploadedFile => value instanceof UploadedFile.UploadedFile

const filesOf = (result: object): ReadonlyArray<readonly [string, UploadedFile.UploadedFile]> =>
  Object.entries(result).filter((field): field is [string, UploadedFile.UploadedFile] => isFile(field[1]))

const plainResult = (result: object) => ({
  texts: Object.fromEntries(Object.entries(result).filter(([, value]) => typeof value === "string")),
  files: Object.fromEntries(filesOf(result).map(([name, file]) => [name, resultFile(file)]))
})

const keysOf = (type: AnyJobType, attempt: Attempt): Readonly<Record<string, FileKey.FileKey>> =>
  Object.fromEntries(
    Object.entries(type.files?.(plainAttempt(attempt)) ?? {}).map(([name, path]) => [name, FileKey.FileKey.make(path)])
  )

const failed = (error: unknown): Core.CompletionError =>
  new Core.CompletionError({
    message: messageOf(error),
    ...(error instanceof ResultRefused ? { fault: { duration: null } } : { cause: error })
  })

/** Asks the application about the result. */
const check = (type: AnyJobType, attempt: Attempt, result: object): Effect.Effect<JobOutcome, Core.CompletionError> =>
  Effect.tryPromise({
    try: async () => (await type.complete?.({ ...plainAttempt(attempt), ...plainResult(result) })) ?? {},
    catch: failed
  })

/** Moves the files that the application keeps into the storage. */
const keep = (keys: Readonly<Record<string, FileKey.FileKey>>, result: object) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    yield* Effect.forEach(
      filesOf(result).flatMap(([name, file]) => (keys[name] === undefined ? [] : [{ key: keys[name], file }])),
      ({ file, key }) => Core.orCompletionError(storage.adopt(key, file.path, { contentType: file.contentType })),
      { discard: true }
    )
  })

const readMetadata = (metadata: unknown) =>
  Effect.mapError(
    Schema.decodeUnknown(HostData.GivenMetadata)(metadata),
    (error) => new Core.CompletionError({ message: `The metadata of the outcome is invalid: ${messageOf(error)}` })
  )

/** The change of the video by the outcome, if there is a video and a change. */
const publication = (job: RunnerJob.RunnerJob, { metadata }: JobOutcome) =>
  Effect.transposeMapOption(
    Option.filter(job.videoId, () => metadata !== undefined),
    (videoId) =>
      Effect.map(
        readMetadata(metadata),
        (merged): Core.Publication => ({
          videoId,
          change: (video, now) => ({ ...video, metadata: { ...video.metadata, ...merged }, updatedAt: now }),
          playlistKey: Option.none(),
          canPublish: false,
          jobs: () => []
        })
      )
  )

/** A job type of the application as the core calls it. */
export const coreJobType = (type: AnyJobType): Core.OpenJobType<FileStorage.FileStorage> =>
  Core.make({
    name: type.name,
    payload: payloadOf(type),
    privatePayload: Schema.Struct({}),
    result: resultOf(type),
    abortable: type.abortable ?? true,
    silence: "vod",
    present: (job, { payload }, urls) => {
      const urlOf = (make: (id: typeof job.id, video: Option.Option.Value<typeof job.videoId>) => string) =>
        Option.getOrUndefined(Option.map(job.videoId, (video) => make(job.id, video)))
      const inputs = {
        video: urlOf(urls.maxQuality),
        audio: urlOf(urls.maxQualityAudio),
        thumbnail: urlOf(urls.thumbnail)
      }
      return type.present === undefined ? payload : type.present({ payload, job: plainJob(job) }, inputs)
    },
    complete: (attempt) =>
      Effect.gen(function* () {
        const keys = keysOf(type, attempt)
        const outcome = yield* check(type, attempt, attempt.result)
        yield* keep(keys, attempt.result)
        const change = yield* publication(attempt.job, outcome)
        return Option.orElse(change, () =>
          Object.keys(keys).length === 0 ? Option.none() : Option.some(Core.keptFiles)
        )
      }),
    files: (attempt) => Object.values(keysOf(type, attempt))
  })
