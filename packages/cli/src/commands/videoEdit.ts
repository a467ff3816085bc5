import { Command, Options } from "@effect/cli"
import { Editing } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json } from "../output.ts"
import { Refusal, refusal, workRefusals } from "../Refusal.ts"
import { printJobs, unknownVideo, uuid, videoIdOf } from "./given.ts"
import { type LocalFileNeeds, storeLocalFile } from "./localFile.ts"

/** Seconds, or minutes and seconds, or hours too: `90.5`, `1:30.5`, `0:01:30.5`. */
const time = /^(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)$/

/** A time in seconds. */
export const secondsOf = (text: string): Effect.Effect<number, Refusal> => {
  const [, hours = "0", minutes = "0", seconds] = time.exec(text) ?? []
  if (seconds === undefined) {
    return new Refusal({ message: `${text} is no time. Times look like 90, 90.5, 1:30 or 1:30.5.` })
  }
  const whole = Number(hours) * 3600 + Number(minutes) * 60
  return Effect.succeed(Math.round((whole + Number(seconds)) * 1000) / 1000)
}

const segmentOf = (text: string) =>
  Effect.gen(function* () {
    const [start = "", end = "", ...more] = text.split("-")
    if (more.length > 0 || end === "") {
      return yield* new Refusal({ message: `${text} is no part of a video. Parts look like 0:10-0:25.5.` })
    }
    return { start: yield* secondsOf(start), end: yield* secondsOf(end) }
  })

const file = (name: string, description: string) =>
  Options.file(name, { exists: "yes" }).pipe(Options.optional, Options.withDescription(description))

const tasks = {
  from: Options.text("from").pipe(Options.optional, Options.withDescription("Cut: where the video begins")),
  to: Options.text("to").pipe(Options.optional, Options.withDescription("Cut: where the video ends")),
  remove: Options.text("remove").pipe(
    Options.repeated,
    Options.withDescription("Remove this part, such as 0:10-0:25.5; may be given several times, in order. After a cut")
  ),
  intro: file("intro", "A video of this machine to put before it"),
  outro: file("outro", "A video of this machine to put after it"),
  watermark: file("watermark", "A picture of this machine to show in the corner")
}

type Tasks = Command.Command.ParseConfig<typeof tasks>

const fileTask = <Name extends string>(name: Name, file: Option.Option<string>) =>
  Effect.map(Effect.transposeMapOption(file, storeLocalFile), (stored) =>
    Option.toArray(Option.map(stored, ({ key }) => ({ name, options: { file: key } })))
  )

const tasksOf = ({ from, intro, outro, remove, to, watermark }: Tasks) =>
  Effect.gen(function* () {
    const start = yield* Effect.transposeMapOption(from, secondsOf)
    const end = yield* Effect.transposeMapOption(to, secondsOf)
    const cut = {
      ...(Option.isSome(start) ? { start: start.value } : {}),
      ...(Option.isSome(end) ? { end: end.value } : {})
    }
    const segments = yield* Effect.forEach(remove, segmentOf)
    return [
      ...(Object.keys(cut).length === 0 ? [] : [{ name: "cut" as const, options: cut }]),
      ...(segments.length === 0 ? [] : [{ name: "remove-segments" as const, options: { segments } }]),
      ...(yield* fileTask("add-intro" as const, intro)),
      ...(yield* fileTask("add-outro" as const, outro)),
      ...(yield* fileTask("add-watermark" as const, watermark))
    ]
  })

/** Edits a video. */
export const edit: CommandOf<"edit", Editing.Editing | LocalFileNeeds> = Command.make(
  "edit",
  {
    uuid,
    ...tasks,
    asNew: Options.boolean("as-new").pipe(Options.withDescription("Make another video, and leave this one as it is")),
    keepSource: Options.boolean("keep-source").pipe(Options.withDescription("Keep the file of before the edit")),
    json
  },
  ({ asNew, json, keepSource, uuid, ...given }) =>
    Effect.gen(function* () {
      const { editVideo } = yield* Editing.Editing
      const tasks = yield* tasksOf(given)
      if (tasks.length === 0) return yield* new Refusal({ message: "Give at least one change, such as --from 0:10." })
      const options = asNew ? { into: "new" as const } : keepSource ? { keepSource } : {}
      const job = yield* editVideo(yield* videoIdOf(uuid), tasks, options).pipe(
        Effect.catchTags({
          UnknownVideo: () => unknownVideo(uuid),
          InvalidRequest: refusal,
          VideoFileNotFound: refusal,
          ...workRefusals
        })
      )
      yield* printJobs(json, [job])
    }).pipe(
      Effect.scoped,
      Effect.catchTag("SystemError", "BadArgument", ({ message }) => new Refusal({ message }))
    )
).pipe(Command.withDescription("Makes a job that edits a video, and prints it. Times are seconds or H:MM:SS.s"))
