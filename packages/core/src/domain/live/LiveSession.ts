import { Schema } from "effect"

/** One broadcast of a live, from its start to its end. */
export const LiveSession = Schema.Struct({
  /** Names the folder of its segments and playlists. */
  id: Schema.UUID,
  /** The requested variants. Audio only is 0. */
  asked: Schema.Array(Schema.Struct({ resolution: Schema.Int, fps: Schema.Int })),
  /** Keep all segments and make a replay after the live. */
  replay: Schema.Boolean,
  /** The replay was made or is impossible. The segments are no longer needed. */
  recorded: Schema.Boolean,
  /**
   * `waiting`: not watchable yet. `running`: watchable. `stopping`: the runner stops with its next report. `ended`: no more reports.
   */
  state: Schema.Literal("waiting", "running", "stopping", "ended"),
  /** Why it ended, unless the stream ended. */
  error: Schema.OptionFromNullOr(Schema.String)
})
export type LiveSession = typeof LiveSession.Type
