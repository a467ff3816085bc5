import { PlaybackWeb } from "@runner-connector/protocol"
import { Effect, type Option } from "effect"
import { InvalidOptions } from "../errors/index.ts"

/** The service that serves players. None without the option `playback`. */
export const playback: Effect.Effect<Option.Option<PlaybackWeb.PlaybackWeb["Type"]>> = Effect.serviceOption(
  PlaybackWeb.PlaybackWeb
)

/** The same, required by a call. */
export const requirePlayback = (call: string): Effect.Effect<PlaybackWeb.PlaybackWeb["Type"], InvalidOptions> =>
  Effect.flatMap(
    playback,
    Effect.mapError(() => {
      const problem = `playback: is missing, and ${call} needs it: it says who may watch`
      return new InvalidOptions({ message: problem, details: { problems: [problem] } })
    })
  )
