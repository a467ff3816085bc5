import { Effect, Schema } from "effect"
import { type JobContext, JobFailed } from "./JobType.ts"
import * as Payload from "./Payload.ts"

const Moment = Schema.Number.pipe(Schema.between(0, 1_000_000))
const Ratio = Schema.Number.pipe(Schema.greaterThan(0), Schema.lessThanOrEqualTo(1))
const Margin = Schema.Number.pipe(Schema.between(0, 1))
const File = Schema.Struct({ file: Schema.String })

const Cut = Schema.Struct({
  name: Schema.Literal("cut"),
  options: Schema.Struct({ start: Schema.optional(Moment), end: Schema.optional(Moment) })
})

const RemoveSegments = Schema.Struct({
  name: Schema.Literal("remove-segments"),
  options: Schema.Struct({
    segments: Schema.Array(Schema.Struct({ start: Moment, end: Moment })).pipe(Schema.maxItems(100))
  })
})

const AddIntro = Schema.Struct({ name: Schema.Literal("add-intro"), options: File })
const AddOutro = Schema.Struct({ name: Schema.Literal("add-outro"), options: File })

const DEFAULT_SIZE = 0.1
const DEFAULT_MARGIN = 0.05

const AddWatermark = Schema.Struct({
  name: Schema.Literal("add-watermark"),
  options: Schema.Struct({
    ...File.fields,
    watermarkSizeRatio: Schema.optionalWith(Ratio, { default: () => DEFAULT_SIZE }),
    horizontalMarginRatio: Schema.optional(Margin),
    /** How older servers spell it. */
    horitonzalMarginRatio: Schema.optional(Margin),
    verticalMarginRatio: Schema.optionalWith(Margin, { default: () => DEFAULT_MARGIN })
  })
})

const kinds = [Cut, RemoveSegments, AddIntro, AddOutro, AddWatermark] as const
const Task = Schema.Union(...kinds)

/** One change to a video. */
export type StudioTask = typeof Task.Type

/** A picture to be laid over a video; sizes are shares of the video's height. */
export type Watermark = Extract<StudioTask, { name: "add-watermark" }>["options"]

/** The margin, however it is spelled. */
export const horizontalMargin = (watermark: Watermark): number =>
  watermark.horizontalMarginRatio ?? watermark.horitonzalMarginRatio ?? DEFAULT_MARGIN

const isKnown = (name: string): boolean => kinds.some((kind) => kind.fields.name.literals.some((one) => one === name))

const limited = <A, I>(task: Schema.Schema<A, I>) => Schema.Array(task).pipe(Schema.minItems(1), Schema.maxItems(100))

const Names = Schema.Struct({ tasks: limited(Schema.Struct({ name: Schema.String })) })

const Output = Schema.Struct({ videoFileCustomUpload: Schema.optional(Payload.CustomUpload) })

const Studio = Schema.Struct({
  input: Payload.VideoInput,
  output: Schema.optionalWith(Output, { default: () => ({}) }),
  tasks: limited(Task)
})

/** What is to be done to a video, in order. */
export type StudioPayload = typeof Studio.Type

/** Reads the payload of a studio job; fails with the name of a task that is not known. */
export const read = (context: JobContext): Effect.Effect<StudioPayload, JobFailed> =>
  Effect.gen(function* () {
    const { tasks } = yield* Payload.read(Names, context)
    const unknown = tasks.find(({ name }) => !isKnown(name))
    if (unknown !== undefined) {
      return yield* new JobFailed({ message: `The studio task ${JSON.stringify(unknown.name)} is not known` })
    }
    return yield* Payload.read(Studio, context)
  })
