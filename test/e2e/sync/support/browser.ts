import { Effect, Schema, type Scope } from "effect"
import * as Browser from "../../support/Browser.ts"
import { median, offsets } from "./decoded.ts"

const Numbers = Schema.Array(Schema.Number)
const Outcome = Schema.Struct({
  flashes: Numbers,
  onsets: Numbers,
  clocks: Schema.Array(Schema.Tuple(Schema.Number, Schema.Number)),
  started: Schema.Number,
  firstFrame: Schema.Number,
  at: Schema.Number,
  ended: Schema.Boolean,
  failed: Schema.Array(Schema.String)
})

/** The measurements of a browser's playback of a URL. */
export interface Played {
  /** The median delay of the beeps after the flashes, in seconds. */
  readonly offset: number
  /** The number of beeps with a flash. */
  readonly count: number
  /** The positions of the beeps after the first frame, in seconds. */
  readonly beeps: ReadonlyArray<number>
  /** The position at which playback started, and the one at which it ended or stalled, in seconds. */
  readonly started: number
  readonly at: number
  readonly ended: boolean
}

/** Seconds around a beep in which the clocks are compared. */
const NEAR = 0.4

/** Beeps are measured on the audio clock. Its offset to the media clock is constant unless playback stalls. */
const mediaTime = (onset: number, clocks: typeof Outcome.Type.clocks): number =>
  onset + median(clocks.filter(([, audio]) => Math.abs(audio - onset) < NEAR).map(([media, audio]) => media - audio))

const playedOf = (outcome: typeof Outcome.Type): Played => {
  const { at, clocks, ended, failed, firstFrame, flashes, onsets, started } = outcome
  if (failed.length > 0) throw new Error(`hls.js failed: ${failed.join(", ")}`)
  const heard = onsets.map((onset) => mediaTime(onset, clocks))
  const found = offsets(flashes, heard)
  const beeps = heard.map((beep) => beep - firstFrame)
  return { offset: median(found), count: found.length, beeps, started, at, ended }
}

export interface Player {
  readonly play: (what: {
    readonly url: string
    readonly fps: number
    readonly isHls?: boolean
  }) => Effect.Effect<Played>
}

/** A browser that measures playback on the page at this URL. */
export const openPlayer = (program: string, page: string): Effect.Effect<Player, never, Scope.Scope> =>
  Effect.map(Browser.open(program, page), (tab) => ({
    play: ({ fps, isHls = true, url }) =>
      Effect.map(tab.evaluate(`measure(${JSON.stringify({ fps, isHls, url })})`), (outcome) =>
        playedOf(Schema.decodeUnknownSync(Outcome)(outcome))
      )
  }))
