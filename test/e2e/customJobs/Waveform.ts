import { FileKey, FileStorage, JobType, UploadedFile } from "@runner-connector/core"
import { Context, Effect, Option, Schema } from "effect"

/** What the application does with waveforms. Its own port: `layerWith` does not compile without its layer. */
export class Waveforms extends Context.Tag("app/Waveforms")<
  Waveforms,
  {
    readonly progress: (jobId: string, seconds: number) => Effect.Effect<void>
    readonly save: (jobId: string, peaks: ReadonlyArray<number>) => Effect.Effect<void>
  }
>() {}

const Peaks = Schema.parseJson(Schema.Array(Schema.Number.pipe(Schema.between(0, 1))).pipe(Schema.maxItems(10_000)))

const MAX_SIZE = 1024 ** 2

const keyOf = ({ attemptId, privatePayload }: JobType.Attempt<unknown, { readonly folder: FileKey.FileKey }>) =>
  FileKey.FileKey.make(`${privatePayload.folder}/${attemptId}-waveform.json`)

/** Draws the sound of a video. The file is stored beside the video, whose metadata names it. */
export const Waveform = JobType.make({
  name: "app-waveform",
  /** Stored, and given to the runner by `present`. */
  payload: Schema.Struct({ samples: Schema.Int.pipe(Schema.between(1, 10_000)) }),
  /** Stored for the server only. */
  privatePayload: Schema.Struct({ folder: FileKey.FileKey }),
  /** What runners send with `success`. Each member of this schema is a part of the form, `payload[waveformFile]`. */
  result: Schema.Struct({ waveformFile: UploadedFile.UploadedFile.schema }),
  abortable: true,
  silence: "vod",

  present: ({ id, videoId }, { payload }, urls) => ({
    input: { videoFileUrl: Option.getOrNull(Option.map(videoId, (video) => urls.maxQualityAudio(id, video))) },
    output: payload
  }),

  updates: {
    payload: Schema.Struct({ seconds: Schema.NumberFromString }),
    apply: ({ job, update }) =>
      Effect.as(
        Effect.flatMap(Waveforms, ({ progress }) => progress(job.id, update.seconds)),
        Option.none()
      )
  },

  complete: Effect.fnUntraced(function* (attempt) {
    const { job, payload, result } = attempt
    if (result.waveformFile.size > MAX_SIZE) {
      return yield* new JobType.CompletionError({ message: "The waveform is too large", fault: { duration: null } })
    }
    const peaks = yield* UploadedFile.readText(result.waveformFile).pipe(
      Effect.flatMap(Schema.decode(Peaks)),
      Effect.filterOrFail(({ length }) => length === payload.samples),
      Effect.mapError(
        () =>
          new JobType.CompletionError({ message: "The file is not the requested waveform", fault: { duration: null } })
      )
    )
    const key = keyOf(attempt)
    const storage = yield* FileStorage.FileStorage
    yield* JobType.orCompletionError(storage.adopt(key, result.waveformFile.path, { contentType: "application/json" }))
    yield* Effect.flatMap(Waveforms, ({ save }) => save(job.id, peaks))
    return Option.map(
      job.videoId,
      (videoId): JobType.Publication => ({
        videoId,
        change: (video, now) => ({ ...video, metadata: { ...video.metadata, waveform: key }, updatedAt: now }),
        playlistKey: Option.none(),
        canPublish: false,
        jobs: () => []
      })
    )
  }),

  files: (attempt) => [keyOf(attempt)]
})

/** Checks a file at a URL of the application. It has no video and publishes nothing: its result goes to the application. */
export const Checksum = JobType.make({
  name: "app-checksum",
  payload: Schema.Struct({ url: Schema.String }),
  privatePayload: Schema.Struct({}),
  result: Schema.Struct({ sha256: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)) }),
  abortable: true,
  silence: "vod",
  present: (_job, { payload }) => ({ input: { fileUrl: payload.url } }),
  complete: () => Effect.succeedNone,
  files: () => []
})
