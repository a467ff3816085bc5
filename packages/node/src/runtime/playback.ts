import {
  type ConnectorConfig,
  type FileStorage,
  PlaybackAccess,
  SignedPlayback,
  VideoFiles,
  type VideoStore
} from "@runner-connector/core"
import { PlaybackWeb } from "@runner-connector/protocol"
import { Array as Arr, Duration, Layer, Redacted } from "effect"
import { StartFailed } from "../errors/index.ts"
import type { PlaybackOptions, SignedAccess } from "../options/PlaybackOptions.ts"
import { plainVideo } from "../plain/plainVideo.ts"

type Access = Layer.Layer<PlaybackAccess.PlaybackAccess, StartFailed>

const signed = ({ acceptsClaims, lifetime, secrets }: SignedAccess): Access => {
  const [first = "", ...others] = secrets
  const all: Arr.NonEmptyReadonlyArray<string> = [first, ...others]
  return Layer.mapError(
    SignedPlayback.layerSigned({
      secrets: Arr.map(all, (secret) => Redacted.make(secret)),
      lifetime: lifetime === undefined ? undefined : Duration.decode(lifetime as Duration.DurationInput),
      acceptsClaims:
        acceptsClaims === undefined
          ? undefined
          : (claims, { request, video }) => acceptsClaims(claims, request, plainVideo(video))
    }),
    ({ message }) => new StartFailed({ message, details: { part: "playback" } })
  )
}

const accessOf = ({ access }: PlaybackOptions): Access => {
  if (access === "open") return PlaybackAccess.layerOpen
  return typeof access === "function"
    ? PlaybackAccess.layerCheck((request, video) => access(request, plainVideo(video)))
    : signed(access)
}

type Needs = VideoStore.VideoStore | FileStorage.FileStorage | ConnectorConfig.ConnectorConfig

/** Serves files to players, as the options say. Without options nothing serves them. */
export const layer = (options: PlaybackOptions | undefined): Layer.Layer<never, StartFailed, Needs> =>
  options === undefined
    ? Layer.empty
    : // Optional, so no type names it. `http/playing.ts` finds it.
      (PlaybackWeb.layerWith({ path: options.path, origins: options.origins }).pipe(
        Layer.provide(VideoFiles.layer),
        Layer.provide(accessOf(options))
      ) as unknown as Layer.Layer<never, StartFailed, Needs>)
