import { FileKey, FileStorage, Ids, Transcoding, VideoStore } from "@runner-connector/core"
import { PlaybackWeb } from "@runner-connector/protocol"
import { Effect, Option, Schema, Stream } from "effect"

const { FileKey: Key } = FileKey

/** Stores a video, and has it transcoded. */
export const upload = (body: ReadableStream<Uint8Array>) =>
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
export const playlistOf = (id: string) =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const { urls } = yield* PlaybackWeb.PlaybackWeb
    const video = yield* Effect.flatten(videos.find(yield* Schema.decode(Ids.VideoId)(id)))
    return Option.isSome(video.playlistKey) ? (yield* urls(video)).master : undefined
  })
