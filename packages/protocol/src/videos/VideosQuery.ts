import { Ids, Video } from "@runner-connector/core"
import { Schema } from "effect"
import { sortBy } from "../admin/paging.ts"
import { BooleanText, CleanText, oneOf } from "../http/fields.ts"

const WholeNumber = Schema.NumberFromString.pipe(Schema.int())

const wholeNumber = (most: number, usual: number) =>
  Schema.optionalWith(
    WholeNumber.pipe(Schema.between(0, most)).annotations({
      jsonSchema: { type: "integer", minimum: 0, maximum: most, default: usual }
    }),
    { default: () => usual }
  )

/** Selects a part of the list of videos. */
export const VideosQuery = Schema.Struct({
  start: wholeNumber(Number.MAX_SAFE_INTEGER, 0),
  count: wholeNumber(100, 15),
  /** Begins behind the video with this UUID. */
  after: Schema.optional(Ids.VideoId),
  sort: Schema.optional(sortBy(["createdAt", "updatedAt", "title"])),
  /** The UUID of a video, or a part of its title, file name or external id. */
  search: Schema.optional(CleanText.pipe(Schema.maxLength(500))),
  /** One state or several. The name may be repeated. */
  stateOneOf: oneOf(Video.VideoState, { type: "string", enum: [...Video.VideoState.literals] }),
  live: Schema.optional(BooleanText)
})

/** The filter of a query. An empty search filters nothing. */
export const filterOf = ({ count, live, search = "", sort, start, stateOneOf }: typeof VideosQuery.Type) => ({
  ...{ start, count },
  ...(sort === undefined ? {} : { sort }),
  ...(search === "" ? {} : { text: search }),
  ...(stateOneOf === undefined ? {} : { states: stateOneOf }),
  ...(live === undefined ? {} : { live })
})
