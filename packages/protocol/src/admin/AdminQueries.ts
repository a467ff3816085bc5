import { Ids, type JobStore, RunnerJob } from "@runner-connector/core"
import { type JSONSchema, Schema } from "effect"
import { CleanText, uuidV4 } from "../http/fields.ts"
import { stateDocuments } from "../jobs/JobDocuments.ts"

const wholeNumber = (most: number, usual: number) =>
  Schema.optionalWith(
    Schema.String.pipe(Schema.pattern(/^\d{1,15}$/), Schema.parseNumber, Schema.between(0, most)).annotations({
      jsonSchema: { type: "integer", minimum: 0, maximum: most, default: usual }
    }),
    { default: () => usual }
  )

/** A column, with a minus before it for the other direction; the newest first when nothing is said. */
const sortBy = <const Column extends string>(columns: readonly [Column, ...ReadonlyArray<Column>]) => {
  const By = Schema.Struct({ by: Schema.Literal(...columns), descending: Schema.Boolean })
  const names = columns.flatMap((column) => [column, `-${column}`])
  const Written = Schema.Literal(...names).annotations({
    jsonSchema: { type: "string", enum: names, default: "-createdAt" }
  })
  return Schema.transform(Written, Schema.typeSchema(By), {
    strict: true,
    decode: (text) => ({ by: text.replace("-", "") as Column, descending: text.startsWith("-") }),
    encode: ({ by, descending }) => (descending ? `-${by}` : by)
  })
}

const newestFirst = { by: "createdAt" as const, descending: true }

const paging = { start: wholeNumber(Number.MAX_SAFE_INTEGER, 0), count: wholeNumber(100, 15) }

/** Which part of a list of runners or tokens is wanted. */
export const PageQuery = Schema.Struct({
  ...paging,
  sort: Schema.optionalWith(sortBy(["createdAt"]), { default: () => newestFirst })
})

const jobColumns = [
  "createdAt",
  "updatedAt",
  "priority",
  "state",
  "progress"
] as const satisfies ReadonlyArray<JobStore.JobColumn>

/** Every type of job that PeerTube knows, whether this server offers it or not. */
const jobTypes = [
  "vod-web-video-transcoding",
  "vod-hls-transcoding",
  "vod-audio-merge-transcoding",
  "live-rtmp-hls-transcoding",
  "video-studio-transcoding",
  "video-transcription",
  "generate-video-storyboard"
] as const

/** One value or several: the name once or more often, with brackets behind it or without. */
const oneOf = <A, I>(item: Schema.Schema<A, I>, values: JSONSchema.JsonSchema7Enum | JSONSchema.JsonSchema7Integer) =>
  Schema.optional(Schema.ArrayEnsure(item).annotations({ jsonSchema: { type: "array", items: values } }))

const StateNumber = Schema.Union(
  ...RunnerJob.JobState.literals.map((state) => Schema.transformLiteral(String(stateDocuments[state].id), state))
)

/** Which jobs are wanted. */
export const JobsQuery = Schema.Struct({
  ...paging,
  sort: Schema.optionalWith(sortBy(jobColumns), { default: () => newestFirst }),
  /** The UUID of a job, or a part of its type or of its runner's name. */
  search: Schema.optional(CleanText),
  stateOneOf: oneOf(StateNumber, { type: "integer", minimum: 1, maximum: 9 }),
  typeOneOf: oneOf(Schema.Literal(...jobTypes), { type: "string", enum: [...jobTypes] })
})

/** What the list is narrowed to. An empty search is none. */
export const filterOf = ({ search = "", stateOneOf, typeOneOf }: typeof JobsQuery.Type) => ({
  ...(stateOneOf === undefined ? {} : { states: stateOneOf }),
  ...(typeOneOf === undefined ? {} : { types: typeOneOf }),
  ...(search === "" ? {} : uuidV4.test(search) ? { id: Ids.JobId.make(search.toLowerCase()) } : { text: search })
})
