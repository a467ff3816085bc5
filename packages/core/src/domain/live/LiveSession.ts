import { Schema } from "effect"

/** One broadcast of a live video, from its start to its end. */
export const LiveSession = Schema.Struct({
  /** Names the folder of its segments and playlists. */
  id: Schema.UUID,
  /** What the runner was asked to make: sound alone is 0. */
  asked: Schema.Array(Schema.Struct({ resolution: Schema.Int, fps: Schema.Int })),
  /** All segments are kept, and become a video when the live is over. */
  replay: Schema.Boolean,
  /** What was kept has become a video, or cannot: nothing more is made of the segments. */
  recorded: Schema.Boolean,
  /**
   * `waiting`: nothing can be watched yet; `running`: it can; `stopping`: the runner is told at its next report that it
   * is over; `ended`: nothing comes any more.
   */
  state: Schema.Literal("waiting", "running", "stopping", "ended"),
  /** Why it ended, when it was not because the stream did. */
  error: Schema.OptionFromNullOr(Schema.String)
})
export type LiveSession = typeof LiveSession.Type
