import { Effect, Schema, type Scope } from "effect"
import * as Browser from "../../support/Browser.ts"
import { median, offsets } from "./decoded.ts"

const Numbers = Schema.Array(Schema.Number)
const Outcome = Schema.Struct({
  flashes: Numbers,
  onsets: Numbers,
  clocks: Schema.Array(Schema.Tuple(Schema.Number, Schema.Number)),
  started: Schema.Number,
  at: Schema.Number,
  ended: Schema.Boolean,
  failed: Schema.Array(Schema.String)
})

/** What a browser has shown and played of an address. */
export interface Played {
  /** How much later the beeps came than the flashes, in seconds: the median. */
  readonly offset: number
  /** How many beeps had a flash. */
  readonly count: number
  /** Second at which the playback began, and at which it ended or stalled. */
  readonly started: number
  readonly at: number
  readonly ended: boolean
}

/** Seconds around a sound in which the clocks are compared. */
const NEAR = 0.4

/**
 * The sound is noted on the clock of the audio. Its distance to the clock of the media is constant, unless the playback
 * stalls.
 */
const mediaTime = (onset: number, clocks: typeof Outcome.Type.clocks): number =>
  onset + median(clocks.filter(([, audio]) => Math.abs(audio - onset) < NEAR).map(([media, audio]) => media - audio))

const playedOf = ({ at, clocks, ended, failed, flashes, onsets, started }: typeof Outcome.Type): Played => {
  if (failed.length > 0) throw new Error(`hls.js failed: ${failed.join(", ")}`)
  const found = offsets(
    flashes,
    onsets.map((onset) => mediaTime(onset, clocks))
  )
  return { offset: median(found), count: found.length, started, at, ended }
}

export interface Player {
  readonly play: (what: {
    readonly url: string
    readonly fps: number
    readonly isHls?: boolean
  }) => Effect.Effect<Played>
}

/** A browser that measures what it plays, on a page of this address. */
export const openPlayer = (program: string, page: string): Effect.Effect<Player, never, Scope.Scope> =>
  Effect.map(Browser.open(program, page), (tab) => ({
    play: ({ fps, isHls = true, url }) =>
      Effect.map(tab.evaluate(`measure(${JSON.stringify({ fps, isHls, url })})`), (outcome) =>
        playedOf(Schema.decodeUnknownSync(Outcome)(outcome))
      )
  }))
