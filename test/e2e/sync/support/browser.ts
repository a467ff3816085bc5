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

const Progress = Schema.Struct({ at: Schema.Number, loaded: Schema.Number, ended: Schema.Boolean })
const Shown = Schema.Struct({ at: Schema.Number, bright: Schema.Boolean })

/** The measurements of a browser's playback of a URL. */
export interface Played {
  /** The delay of each beep after its flash, in seconds. */
  readonly offsets: ReadonlyArray<number>
  /** Their median. */
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
  return { offsets: found, offset: median(found), count: found.length, beeps, started, at, ended }
}

interface ToPlay {
  readonly url: string
  readonly fps: number
  readonly isHls?: boolean
}

export interface Player {
  /** Plays to the end, or until playback stalls. */
  readonly play: (what: ToPlay) => Effect.Effect<Played>
  /** Starts to play. One playback at a time. */
  readonly begin: (what: ToPlay) => Effect.Effect<void>
  /** The position and the end of what is loaded, in seconds since the first frame. */
  readonly progress: Effect.Effect<typeof Progress.Type>
  /** Pauses at a second since the first frame, and looks at the frame there. */
  readonly seek: (second: number) => Effect.Effect<typeof Shown.Type>
  /** Ends the playback. */
  readonly finish: Effect.Effect<Played>
}

/** A browser that measures playback on the page at this URL. */
export const openPlayer = (program: string, page: string): Effect.Effect<Player, never, Scope.Scope> =>
  Effect.map(Browser.open(program, page), (tab) => {
    const outcomeOf = (call: string) =>
      Effect.map(tab.evaluate(call), (outcome) => playedOf(Schema.decodeUnknownSync(Outcome)(outcome)))
    return {
      play: (what) => outcomeOf(`measure(${JSON.stringify(what)})`),
      begin: (what) => Effect.asVoid(tab.evaluate(`begin(${JSON.stringify(what)})`)),
      progress: Effect.map(tab.evaluate("progress()"), Schema.decodeUnknownSync(Progress)),
      seek: (second) => Effect.map(tab.evaluate(`seek(${second})`), Schema.decodeUnknownSync(Shown)),
      finish: outcomeOf("finish()")
    }
  })
