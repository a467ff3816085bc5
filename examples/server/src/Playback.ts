import type { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { PlaybackAccess, SignedPlayback, Tokens, VideoFiles } from "@runner-connector/core"
import { PlaybackWeb } from "@runner-connector/protocol"
import { Array as Arr, Effect, Layer, Option } from "effect"
import { keptSecret } from "./KeptSecret.ts"
import { Settings } from "./Settings.ts"

const FILE = "playback-secret"

/** Two UUIDs, so that the secret is long enough. */
const makeSecret = Effect.flatMap(Tokens.Identifiers, ({ uuid }) => Effect.zipWith(uuid, uuid, (a, b) => a + b))

/** Who may watch, as the settings say. */
const access: Layer.Layer<
  PlaybackAccess.PlaybackAccess,
  PlatformError | SignedPlayback.WeakPlaybackSecret,
  Settings | FileSystem.FileSystem | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { playback } = yield* Settings
    if (playback.mode === "open") return PlaybackAccess.layerOpen
    const secrets = Option.isSome(playback.secrets)
      ? playback.secrets.value
      : Arr.of((yield* keptSecret(FILE, makeSecret)).value)
    return SignedPlayback.layerSigned({ secrets, lifetime: playback.lifetime })
  })
)

type Needs =
  | Layer.Layer.Context<typeof access>
  | Exclude<Layer.Layer.Context<typeof VideoFiles.layer>, PlaybackAccess.PlaybackAccess>
  | Exclude<Layer.Layer.Context<typeof PlaybackWeb.layer>, VideoFiles.VideoFiles>

/** The files of videos for players. */
export const layer: Layer.Layer<PlaybackWeb.PlaybackWeb, PlatformError | SignedPlayback.WeakPlaybackSecret, Needs> =
  PlaybackWeb.layer.pipe(Layer.provide(VideoFiles.layer), Layer.provide(access))
