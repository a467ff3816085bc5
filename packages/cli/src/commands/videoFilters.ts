import { type Command, Options } from "@effect/cli"
import { Video, type VideoStore } from "@runner-connector/core"
import { Option } from "effect"

/** The options that select and sort videos and lives. */
export const videoFilters = {
  states: Options.choice("state", Video.VideoState.literals).pipe(
    Options.repeated,
    Options.withDescription("Only videos in this state; may be given several times")
  ),
  search: Options.text("search").pipe(
    Options.optional,
    Options.withDescription(
      "Only the video with this UUID, or videos with this text in title, file name or external id"
    )
  ),
  sort: Options.choice("sort", ["createdAt", "updatedAt", "title"]).pipe(Options.optional),
  ascending: Options.boolean("ascending").pipe(Options.withDescription("Sort in ascending order"))
}

/** The filter of the given options. */
export const videoFilterOf = ({
  ascending,
  search,
  sort,
  states
}: Command.Command.ParseConfig<typeof videoFilters>): Omit<VideoStore.VideoFilter, "start" | "count"> => ({
  ...(states.length > 0 ? { states } : {}),
  ...(Option.isSome(search) ? { text: search.value } : {}),
  sort: { by: Option.getOrElse(sort, () => "createdAt" as const), descending: !ascending }
})
