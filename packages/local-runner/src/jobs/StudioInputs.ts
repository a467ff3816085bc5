import type { FileSystem } from "@effect/platform"
import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option } from "effect"
import type { ClipSource } from "./Clip.ts"
import * as Input from "./Input.ts"
import { type JobContext, type JobError, JobFailed } from "./JobType.ts"
import { measure } from "./measure.ts"
import type { SourceVideo } from "./SourceMedia.ts"
import { type Edit, leftBy } from "./StudioEdit.ts"
import type { StudioPayload, StudioTask } from "./StudioPayload.ts"
import * as Timeline from "./Timeline.ts"

/** The inputs of a studio job. */
export interface StudioInputs {
  /**
   * The video, its separate audio file if there is one, and the files of the tasks, in the order of the command's
   * inputs.
   */
  readonly files: ReadonlyArray<Input.Input>
  /** The video stream of the main video. */
  readonly video: SourceVideo
  readonly main: ClipSource
  readonly edits: ReadonlyArray<Edit>
}

type Fetching<A> = Effect.Effect<A, JobError, Ffmpeg | FileSystem.FileSystem>

const pictureOf = ({ media }: Input.Input, file?: string) =>
  Effect.mapError(media.video, () => Input.noStream("video", file))

const track = (input: number, stream: Option.Option<{ readonly stream: number }>) =>
  Option.map(stream, (found) => ({ input, stream: found.stream }))

/** Creates the clip of a video and an audio stream. Reads a file without a known duration to its end. */
const clipOf = (
  context: JobContext,
  picture: { readonly file: Input.Input; readonly input: number; readonly video: SourceVideo },
  sound: { readonly file: Input.Input; readonly input: number }
) =>
  Effect.gen(function* () {
    const { file, input, video } = picture
    const { duration, padding } = Timeline.of(file.media, sound.file.media)
    const { isInterlaced, ratio, stream, transfer } = video
    return {
      video: { input, stream, ratio, transfer, isInterlaced },
      audio: track(sound.input, sound.file.media.audio),
      padding,
      duration: yield* Option.match(duration, { onNone: () => measure(context, file, stream), onSome: Effect.succeed })
    } satisfies ClipSource
  })

const fetchMain = (context: JobContext, { separatedAudioFileUrl, videoFileUrl }: StudioPayload["input"]) =>
  Effect.gen(function* () {
    const file = yield* Input.fetch(context, videoFileUrl, "video")
    const video = yield* pictureOf(file)
    const sounds = yield* Effect.forEach(separatedAudioFileUrl.slice(0, 1), (url) => Input.fetch(context, url, "audio"))
    const files = Arr.prepend(sounds, file)
    const sound = { file: Arr.lastNonEmpty(files), input: files.length - 1 }
    return { files, video, main: yield* clipOf(context, { file, input: 0, video }, sound) }
  })

/** Downloads the file of a task, which becomes the input of this number. */
const fetchEdit = (context: JobContext, task: StudioTask, input: number) =>
  Effect.gen(function* () {
    if (task.name === "cut" || task.name === "remove-segments") {
      return { files: [], edit: { kind: "keep", spans: leftBy(task) } satisfies Edit }
    }
    const file = yield* Input.fetch(context, task.options.file, `task-file-${input}`)
    if (task.name === "add-watermark") {
      const noPicture = () => new JobFailed({ message: "The watermark is not an image" })
      const { stream } = yield* Effect.mapError(file.media.picture, noPicture)
      return { files: [file], edit: { kind: "over", watermark: task.options, input, stream } satisfies Edit }
    }
    const isIntro = task.name === "add-intro"
    const video = yield* pictureOf(file, isIntro ? "intro" : "outro")
    const source = yield* clipOf(context, { file, input, video }, { file, input })
    return { files: [file], edit: { kind: isIntro ? "before" : "after", source } satisfies Edit }
  })

/** Downloads the video and the files of the tasks, in the order of the tasks. */
export const fetch = (context: JobContext, { input, tasks }: StudioPayload): Fetching<StudioInputs> =>
  Effect.gen(function* () {
    const { main, video, ...fetched } = yield* fetchMain(context, input)
    const begin = { files: fetched.files as ReadonlyArray<Input.Input>, edits: [] as ReadonlyArray<Edit> }
    const all = yield* Effect.reduce(tasks, begin, ({ edits, files }, task) =>
      Effect.map(fetchEdit(context, task, files.length), (next) => ({
        files: [...files, ...next.files],
        edits: [...edits, next.edit]
      }))
    )
    return { ...all, main, video }
  })
