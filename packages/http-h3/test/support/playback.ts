import { aJob, aNewVideo, aVideoFile } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import {
  ConnectorConfig,
  FileKey,
  FileStorage,
  MemoryDisk,
  MemoryFileStorage,
  MemoryStores,
  type PlaybackAccess,
  SignedPlayback,
  VideoFiles,
  VideoStore
} from "@runner-connector/core"
import { PlaybackWeb } from "@runner-connector/protocol"
import { Clock, Context, Duration, Effect, Layer, Option, Redacted, Stream } from "effect"
import { H3Playback } from "../../src/index.ts"
import { aServer } from "./server.ts"

const SESSION = "00000000-0000-4000-8000-000000000070"
const ATTEMPT = "00000000-0000-4000-8000-000000000001"
const key = (name: string) => FileKey.FileKey.make(`videos/cat/${name}`)

/** The names of the files in their URLs. */
export const names = {
  media: `${ATTEMPT}-720-fragmented.mp4`,
  playlist: `${ATTEMPT}-720.m3u8`,
  live: `live-${SESSION}/0.m3u8`,
  segment: `live-${SESSION}/0-000000.ts`
}

/** The files in the storage. */
const stored: Readonly<Record<string, string>> = {
  [key(names.media)]: "0123456789",
  [key(names.playlist)]: `#EXTM3U\n#EXT-X-MAP:URI="${names.media}",BYTERANGE="3@0"\n`,
  [key(names.live)]: "#EXTM3U\n#EXTINF:2,\n0-000000.ts\n",
  [key(names.segment)]: "a segment",
  [key("cat.mov")]: "the source",
  "uploads/cat.mov": "another source",
  "videos/dog/dog.mp4": "of another video"
}

const aVideo = () =>
  aNewVideo({
    sourceKey: Option.some(key("cat.mov")),
    files: [aVideoFile({ attemptId: ATTEMPT })],
    live: Option.some({
      ...{ id: SESSION, asked: [], replay: false, recorded: false },
      ...{ state: "running", error: Option.none() }
    }),
    playlistKey: Option.some(key(`live-${SESSION}/0.m3u8`))
  })

/** A clock that a test moves. It begins at the present. */
const movable = () => {
  let ahead = 0
  const real = Clock.make()
  const now = () => real.unsafeCurrentTimeMillis() + ahead
  const clock: Clock.Clock = Object.assign(Object.create(real), {
    unsafeCurrentTimeMillis: now,
    currentTimeMillis: Effect.sync(now)
  })
  const pass = (by: Duration.DurationInput) =>
    Effect.sync(() => {
      ahead += Duration.toMillis(by)
    })
  return { clock, pass }
}

/** Requires signed URLs. */
export const signed = Layer.orDie(
  SignedPlayback.layerSigned({ secrets: [Redacted.make("a secret of at least 32 characters")], lifetime: "1 hour" })
)

const makePlaying = (access: Layer.Layer<PlaybackAccess.PlaybackAccess>, options: PlaybackWeb.Options) =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const storage = yield* FileStorage.FileStorage
    for (const [name, text] of Object.entries(stored)) {
      yield* storage.write(FileKey.FileKey.make(name), Stream.make(new TextEncoder().encode(text)))
    }
    const insert = (one = aVideo()) => videos.insert(one, [aJob({ videoId: Option.some(one.id) })])
    const video = yield* insert()
    const other = yield* insert()
    const web = yield* Layer.build(
      PlaybackWeb.layerWith(options).pipe(Layer.provide(VideoFiles.layer), Layer.provide(access))
    )
    const { urls } = Context.get(web, PlaybackWeb.PlaybackWeb)
    const playback = yield* Effect.provide(H3Playback.app, web)
    const { port } = yield* aServer({ app: (app) => app.mount("/", playback) })
    /** The query of the URLs of a video. */
    const query = Effect.map(urls(video), ({ master }) => new URL(master).search)
    const queryOfOther = Effect.map(urls(other), ({ master }) => new URL(master).search)
    return { port, video, urls, query, queryOfOther }
  })

/** A server with the files of two videos, and a clock that can be moved. */
export const playing = (access: Layer.Layer<PlaybackAccess.PlaybackAccess>, options: PlaybackWeb.Options = {}) =>
  Effect.gen(function* () {
    const { clock, pass } = movable()
    const made = yield* Effect.withClock(
      Effect.provide(
        makePlaying(access, options),
        Layer.mergeAll(
          MemoryStores.layer,
          Layer.provide(MemoryFileStorage.layer, MemoryDisk.layer),
          ConnectorConfig.layer({ publicUrl: new URL("https://media.example") }),
          Wire.World.layer({})
        )
      ),
      clock
    )
    return { ...made, pass, inTime: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.withClock(effect, clock) }
  })
