import { Array as Arr, Effect, HashMap, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { isUsable, pictureStream } from "../../domain/media/MediaFacts.ts"
import type { StudioTask, StudioTasks } from "../../domain/studio/StudioTasks.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import { UnusableMedia, VideoFileNotFound } from "../errors.ts"

type FileTask = Extract<StudioTask, { readonly options: { readonly file: FileKey } }>

const hasFile = (task: StudioTask): task is FileTask => "file" in task.options

/**
 * Probes every file of the tasks: a watermark must be a picture, an intro or outro must have video. Returns the
 * durations of the latter in seconds, where known.
 */
export type ExamineTasks = (
  tasks: StudioTasks
) => Effect.Effect<
  (key: FileKey) => Option.Option<number>,
  VideoFileNotFound | UnusableMedia | ProbeError | FileStorageError
>

/** The check over the ports. */
export const makeExamineTasks: Effect.Effect<ExamineTasks, never, FileStorage | MediaProbe> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe

  const reportOf = (key: FileKey) =>
    storage.source(key).pipe(
      Effect.catchTag("FileNotFound", () => new VideoFileNotFound({ path: key })),
      Effect.flatMap(probe.probe),
      Effect.catchTag("UnreadableMedia", ({ reason }) => new UnusableMedia({ reason })),
      Effect.scoped
    )

  const examine = Effect.fnUntraced(function* ({ name, options: { file } }: FileTask) {
    const report = yield* reportOf(file)
    if (name === "add-watermark") {
      if (Option.isSome(pictureStream(report))) return Option.none<readonly [FileKey, number]>()
      return yield* new UnusableMedia({ reason: "The watermark is no picture." })
    }
    const summary = yield* Effect.mapError(isUsable(report), ({ message }) => new UnusableMedia({ reason: message }))
    if (!summary.hasVideo) return yield* new UnusableMedia({ reason: `The file of ${name} has no picture.` })
    return Option.map(summary.duration, (duration) => [file, duration] as const)
  })

  return (tasks) =>
    Effect.map(Effect.forEach(tasks.filter(hasFile), examine), (found) => {
      const lengths = HashMap.fromIterable(Arr.getSomes(found))
      return (key) => HashMap.get(lengths, key)
    })
})
