import { FileKey, FileStorage, Ids, Runners, Transcoding, VideoStore } from "@runner-connector/core"
import { H3Playback } from "@runner-connector/http-h3"
import { PlaybackWeb } from "@runner-connector/protocol"
import { Effect, Option, Redacted, Runtime, Schema, Stream } from "effect"
import type { H3 } from "h3"

const { FileKey: Key } = FileKey

/** Stores a video, and hands it in. */
const upload = (body: ReadableStream<Uint8Array>) =>
  Effect.gen(function* () {
    const id = crypto.randomUUID()
    const storage = yield* FileStorage.FileStorage
    const { transcodeVideo } = yield* Transcoding.Transcoding
    yield* storage.write(
      Key.make(`uploads/${id}`),
      Stream.fromReadableStream({ evaluate: () => body, onError: Effect.die })
    )
    const video = yield* transcodeVideo({ path: `uploads/${id}`, destination: `videos/${id}` })
    return { id: video.id }
  })

/** The address of the playlist, as soon as there is one. */
const playlistOf = (id: string) =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const { urls } = yield* PlaybackWeb.PlaybackWeb
    const video = yield* Effect.flatten(videos.find(yield* Schema.decode(Ids.VideoId)(id)))
    return Option.isSome(video.playlistKey) ? (yield* urls(video)).master : undefined
  })

/** Shows a token for runners, once the server listens. */
export const announce = Effect.gen(function* () {
  const { registrationToken } = yield* (yield* Runners.Runners).createRegistrationToken()
  yield* Effect.log("Register runners with the token", Redacted.value(registrationToken))
})

/** The routes of the application beside those of runners. */
export const routes = Effect.gen(function* () {
  const run = Runtime.runPromise(
    yield* Effect.runtime<Effect.Effect.Context<ReturnType<typeof upload | typeof playlistOf>>>()
  )
  const playback = yield* H3Playback.app
  return (app: H3) => {
    app.mount("/", playback)
    app.post("/videos", async ({ req, res }) => {
      res.status = 201
      return run(upload(req.body ?? new ReadableStream()))
    })
    app.get("/videos/:id", async ({ context }) => ({ playlist: await run(playlistOf(context.params?.id ?? "")) }))
  }
})
