import { Array as Arr, Option, Schema } from "effect"
import { extensionOf, FileKey } from "../FileKey.ts"

const Start = Schema.Int.pipe(Schema.nonNegative())
const End = Schema.Int.pipe(Schema.positive())
const Tenths = Schema.Finite.pipe(
  Schema.filter((seconds) => Number(seconds.toFixed(1)) === seconds || "expected a time in tenths of a second", {
    jsonSchema: { multipleOf: 0.1 }
  })
)
const Ratio = Schema.Number.pipe(Schema.greaterThan(0), Schema.lessThanOrEqualTo(1))
const Margin = Schema.Number.pipe(Schema.greaterThanOrEqualTo(0), Schema.lessThanOrEqualTo(1))

const Segment = Schema.Struct({ start: Start, end: End }).pipe(
  Schema.filter(({ end, start }) => start < end || "expected the start before the end")
)

/** Keeps the part between two times in tenths of a second. A missing time means the start or the end. */
export const Cut = Schema.Struct({
  name: Schema.Literal("cut"),
  options: Schema.Struct({
    start: Schema.optional(Tenths.pipe(Schema.nonNegative())),
    end: Schema.optional(Tenths.pipe(Schema.positive()))
  }).pipe(
    Schema.filter(({ end, start }) => start !== undefined || end !== undefined || "expected a start, an end, or both"),
    Schema.filter(
      ({ end, start }) => start === undefined || end === undefined || start < end || "expected the start before the end"
    )
  )
})

/** Removes parts, in whole seconds, in order and without overlap. */
export const RemoveSegments = Schema.Struct({
  name: Schema.Literal("remove-segments"),
  options: Schema.Struct({
    segments: Schema.Array(Segment).pipe(
      Schema.minItems(1),
      Schema.maxItems(10),
      Schema.filter(
        (segments) =>
          segments.every(({ start }, index) => start >= (segments[index - 1]?.end ?? 0)) ||
          "expected segments in order that do not overlap"
      )
    )
  })
})

/** Puts a video before this one. */
export const AddIntro = Schema.Struct({
  name: Schema.Literal("add-intro"),
  options: Schema.Struct({ file: FileKey })
})

/** Puts a video after this one. */
export const AddOutro = Schema.Struct({
  name: Schema.Literal("add-outro"),
  options: Schema.Struct({ file: FileKey })
})

/** Puts a picture over the video. Sizes are fractions of the video's. */
export const AddWatermark = Schema.Struct({
  name: Schema.Literal("add-watermark"),
  options: Schema.Struct({
    file: FileKey,
    watermarkSizeRatio: Schema.optionalWith(Ratio, { default: () => 0.1 }),
    horizontalMarginRatio: Schema.optionalWith(Margin, { default: () => 0.05 }),
    verticalMarginRatio: Schema.optionalWith(Margin, { default: () => 0.05 })
  })
})

/** One change of a video. */
export const StudioTask = Schema.Union(Cut, RemoveSegments, AddIntro, AddOutro, AddWatermark)
export type StudioTask = typeof StudioTask.Type

/** The names of all tasks. Old runners do not support every one of them. */
export const taskNames: ReadonlyArray<StudioTask["name"]> = StudioTask.members.map(
  ({ fields }) => fields.name.literals[0]
)

/** The changes of a video in order. Times refer to the result of the earlier tasks. */
export const StudioTasks = Schema.Array(StudioTask).pipe(Schema.minItems(1), Schema.maxItems(10))
export type StudioTasks = typeof StudioTasks.Type

/** A file that a task needs, and the name under which the runner downloads it. */
export interface TaskFile {
  /** `[a-z0-9-]+`, a dot, 1 to 8 of `[a-z0-9]`. Unique among the files of the tasks. */
  readonly name: string
  readonly key: FileKey
}

/** Runners detect the kind of a file by its content. The extension is for people. */
const taskFile = (task: StudioTask, index: number): ReadonlyArray<TaskFile> =>
  "file" in task.options
    ? [{ name: `task-${index + 1}.${extensionOf(task.options.file)}`, key: task.options.file }]
    : []

/** The files that the tasks need, in order. The same tasks always give the same names. */
export const taskFileNames = (tasks: StudioTasks): ReadonlyArray<TaskFile> => tasks.flatMap(taskFile)

/**
 * The tasks as runners read them. `urlOf` makes the URL of a task file. The horizontal margin is sent under the correct
 * name and under the misspelled one that older runners read.
 */
export const presentTasks = (tasks: StudioTasks, urlOf: (name: string) => string): ReadonlyArray<unknown> =>
  tasks.map((task, index) => {
    const file = taskFile(task, index).map(({ name }) => urlOf(name))[0]
    return task.name === "add-watermark"
      ? {
          name: task.name,
          options: { ...task.options, file, horitonzalMarginRatio: task.options.horizontalMarginRatio }
        }
      : { name: task.name, options: file === undefined ? task.options : { ...task.options, file } }
  })

/** Durations of files in seconds, where known. */
export interface Lengths {
  readonly source: Option.Option<number>
  readonly of: (key: FileKey) => Option.Option<number>
}

/** How much of the first `duration` seconds the segments cover. */
const covered = (segments: ReadonlyArray<typeof Segment.Type>, duration: number): number =>
  segments.reduce((sum, { end, start }) => sum + Math.max(0, Math.min(end, duration) - start), 0)

const after = (task: StudioTask, duration: number, lengthOf: (key: FileKey) => Option.Option<number>) => {
  switch (task.name) {
    case "cut": {
      const { end = duration, start = 0 } = task.options
      return Option.some(Math.max(0, Math.min(end, duration) - start))
    }
    case "remove-segments":
      return Option.some(duration - covered(task.options.segments, duration))
    case "add-intro":
    case "add-outro":
      return Option.map(lengthOf(task.options.file), (length) => duration + length)
    case "add-watermark":
      return Option.some(duration)
  }
}

/** The last second that a task names, and the last at which the part it keeps or removes may begin. */
const reachOf = (task: StudioTask): Option.Option<{ readonly start: number; readonly end: number }> => {
  if (task.name === "cut") {
    const { end, start = 0 } = task.options
    return Option.some({ start, end: end ?? start })
  }
  const last = task.name === "remove-segments" ? Arr.last(task.options.segments) : Option.none()
  return Option.map(last, ({ end, start }) => ({ start, end }))
}

/**
 * Why the tasks cannot be applied: a time is after the end of the result of the earlier tasks, or nothing is left. No
 * error when a duration is unknown.
 */
export const misfitOf = (tasks: StudioTasks, lengths: Lengths): Option.Option<string> => {
  let known = lengths.source
  for (const [index, task] of tasks.entries()) {
    const late = Option.exists(
      Option.all([known, reachOf(task)]),
      ([duration, { end, start }]) => start >= duration || end > Math.ceil(duration)
    )
    if (late) return Option.some(`Task ${index + 1} (${task.name}) names a time behind the end of the video`)
    known = Option.flatMap(known, (duration) => after(task, duration, lengths.of))
    if (Option.exists(known, (duration) => duration <= 0)) {
      return Option.some(`Task ${index + 1} (${task.name}) leaves nothing of the video`)
    }
  }
  return Option.none()
}

/** True when times of the video move. */
export const movesTime = (tasks: StudioTasks): boolean => tasks.some((task) => task.name !== "add-watermark")

/**
 * Expected duration of the edited video in seconds: 0 when nothing is left, none when the duration of the video or of
 * an added file is unknown.
 */
export const editedDuration = (tasks: StudioTasks, lengths: Lengths): Option.Option<number> =>
  tasks.reduce((known, task) => Option.flatMap(known, (duration) => after(task, duration, lengths.of)), lengths.source)
