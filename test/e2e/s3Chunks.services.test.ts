import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, completePlaylist, request } from "./support/Api.ts"
import { Engine, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { hasNative, leftOut, packetTimes } from "./support/native.ts"
import { type Bucket, newBucket } from "./support/s3.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const FPS = 24
const SECONDS = 6

const settings = {
  TRANSCODING_GRAPH: "chunked",
  TRANSCODING_CHUNK_DURATION: "4",
  TRANSCODING_CHUNK_MIN_DURATION: "4",
  TRANSCODING_RESOLUTIONS_144P: "true",
  RUNNER_UPKEEP_INTERVAL: "500 millis",
  RUNNER_RETIRED_FOR: "1 second"
}

const mediaIn = (text: string): ReadonlySet<string> =>
  new Set(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")))

/** A film in three chunks, made by the runner of a server with the bucket. */
const filmIn = (bucket: Bucket, env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const server = yield* ExampleServer.start({
      dataDir: `${folder}/data`,
      port: yield* freePort,
      env: { ...bucket.env, ...settings, ...env }
    })
    const client = api(server.url)
    const film = yield* makeClip(folder, "film.mp4", { size: "256x144", fps: FPS, seconds: SECONDS, keyframes: 2 })
    const { uuid } = yield* client.upload(film, "film.mp4")
    const isCut = ({ chunking }: { readonly chunking: { readonly state: string } | null }) =>
      chunking?.state !== "cutting"
    const { chunking } = yield* until("the film is cut", client.video(uuid), isCut)
    assert.strictEqual(chunking?.state, "cut")
    const video = yield* client.settled(uuid)
    deepStrictEqual(
      [video.state.label, video.files.map(({ resolution }) => resolution)],
      ["Published", [0, 144]],
      JSON.stringify(video, null, 1)
    )
    const playlistUrl = String(video.files[1]?.playlistUrl)
    return { client, uuid, playlistUrl, media: mediaIn(yield* completePlaylist(playlistUrl)) }
  })

/** Every picture of the film, each at its time. */
const assertWhole = (playlist: string) =>
  Effect.gen(function* () {
    const times = yield* packetTimes(playlist, "v")
    assert.lengthOf(times, SECONDS * FPS)
    for (const [index, time] of times.slice(1).entries()) {
      assert.approximately(time - (times[index] ?? 0), 1 / FPS, 0.5 / FPS)
    }
  })

if (hasNative) {
  it.scopedLive(
    "a film in chunks is made from a bucket, leaves no chunk there, and is deleted with all its parts",
    () =>
      Effect.gen(function* () {
        const bucket = yield* newBucket()
        const { client, media, playlistUrl, uuid } = yield* filmIn(bucket)
        yield* assertWhole(playlistUrl)
        assert.strictEqual(media.size, 3)
        const hasChunks = (keys: ReadonlyArray<string>) => keys.some((key) => /-chunk(?:-audio)?\./.test(key))
        yield* until("the chunks of the source are deleted", bucket.keys, (keys) => !hasChunks(keys))
        assert.strictEqual((yield* client.remove(uuid)).status, 204)
        yield* until("the objects are deleted", bucket.keys, (keys) => keys.length === 0)
        deepStrictEqual(yield* bucket.unfinished, [])
      }).pipe(Effect.provide(Engine)),
    300_000
  )

  it.scopedLive(
    "signed playlists of a film in chunks name each part in the bucket",
    () =>
      Effect.gen(function* () {
        const bucket = yield* newBucket()
        const { media, playlistUrl } = yield* filmIn(bucket, { S3_DELIVERY: "signed" })
        assert.strictEqual(media.size, 3)
        for (const url of media) {
          assert.isTrue(url.startsWith(`${bucket.url}/`), url)
          assert.match(url, /X-Amz-Signature=/)
          assert.strictEqual((yield* request(url)).status, 200)
        }
        yield* assertWhole(playlistUrl)
      }).pipe(Effect.provide(Engine)),
    300_000
  )
} else {
  it("needs native FFmpeg", () => leftOut("films in chunks with a bucket"))
}
