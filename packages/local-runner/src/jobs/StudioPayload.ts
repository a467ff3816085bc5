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
    /** The spelling of older servers. */
    horitonzalMarginRatio: Schema.optional(Margin),
    verticalMarginRatio: Schema.optionalWith(Margin, { default: () => DEFAULT_MARGIN })
  })
})

const kinds = [Cut, RemoveSegments, AddIntro, AddOutro, AddWatermark] as const
const Task = Schema.Union(...kinds)

/** One change to a video. */
export type StudioTask = typeof Task.Type

/** An image to overlay on a video. Sizes are shares of the video's height. */
export type Watermark = Extract<StudioTask, { name: "add-watermark" }>["options"]

/** Returns the margin from either spelling. */
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

/** The tasks for a video, in order. */
export type StudioPayload = typeof Studio.Type

/** Decodes the payload of a studio job. Fails with the name of an unknown task. */
export const read = (context: JobContext): Effect.Effect<StudioPayload, JobFailed> =>
  Effect.gen(function* () {
    const { tasks } = yield* Payload.read(Names, context)
    const unknown = tasks.find(({ name }) => !isKnown(name))
    if (unknown !== undefined) {
      return yield* new JobFailed({ message: `Unknown studio task ${JSON.stringify(unknown.name)}` })
    }
    return yield* Payload.read(Studio, context)
  })
