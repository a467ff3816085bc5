import { createServer } from "node:http"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { createConnector } from "@runner-connector/node"
import { Effect } from "effect"
import { copyDatabase } from "../fixtures/cluster.ts"
import { assertProblem, request } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { Engine, makeClip } from "./support/clips.ts"
import { hasNative, leftOut, playUrl } from "./support/native.ts"
import { video as player, seen } from "./support/page.ts"
import { newBucket } from "./support/s3.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"
import { serve } from "./sync/support/stage.ts"

const SECRET = "a secret for playback that is long enough"
const LENGTH = 30
/** URLs of the bucket work so many seconds. */
const LIFETIME = 10
const CONSOLE = "/console"

/** An application with a private video in a bucket, and the origin of a page that plays it. */
const makeStage = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const [dataDir, port] = [join(folder, "data"), yield* freePort]
  const [origin, page, bucket] = [`http://127.0.0.1:${port}`, yield* serve, yield* newBucket()]
  yield* bucket.admit([origin, page])
  yield* copyDatabase(join(dataDir, "postgres"))
  const s3 = {
    bucket: bucket.name,
    endpoint: String(bucket.env.S3_ENDPOINT),
    credentials: {
      accessKeyId: String(bucket.env.S3_ACCESS_KEY_ID),
      secretAccessKey: String(bucket.env.S3_SECRET_ACCESS_KEY)
    },
    delivery: { mode: "signed", lifetime: LIFETIME * 1000 }
  } as const
  const connector = yield* Effect.acquireRelease(
    Effect.promise(() =>
      createConnector({
        ...{ publicUrl: origin, dataDir, storage: { s3 }, api: { path: "/api" }, isAdministrator: () => true },
        playback: { access: { secrets: [SECRET] } },
        transcoding: { resolutions: [144] },
        localRunner: { concurrency: 1 }
      })
    ),
    (started) => Effect.promise(() => started.close())
  )
  const pages = yield* Effect.promise(() => connector.console({ path: CONSOLE }))
  const server = createServer((request, response) =>
    connector.handler(request, response, () => pages.handler(request, response))
  )
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))),
    () => Effect.sync(() => server.closeAllConnections() ?? server.close())
  )
  const file = yield* makeClip(folder, "clip.mp4", { size: "256x144", seconds: LENGTH, fps: 5, keyframes: 2 })
  const transcode = Effect.promise(() => connector.transcodeVideo({ file }))
  const [{ id }, other] = [yield* transcode, yield* transcode]
  const playable = Effect.promise(() => connector.videos.get(id))
  yield* until("the video is published", playable, (found) => found?.state === "Published", 120)
  const urlsOf = (video: string, expiresIn = "1 hour") =>
    Effect.promise(() => connector.videos.urls(video, { expiresIn }))
  return { bucket, id, origin, page, urlsOf, other: other.id }
})

type Stage = Effect.Effect.Success<typeof makeStage>

const uriIn = (base: string, text: string, pattern: RegExp): string =>
  new URL(text.match(pattern)?.[0] ?? "", base).href

/** The playlist of the rendition and the URL of its media, as a player finds them. */
const opened = (master: string) =>
  Effect.gen(function* () {
    const rendition = uriIn(master, (yield* request(master)).text, /^[^#\s]+144\.m3u8.*$/m)
    const playlist = yield* request(rendition)
    deepStrictEqual([playlist.status, playlist.headers.get("cache-control")], [200, "no-store"])
    return { rendition, media: uriIn(rendition, playlist.text, /^http\S+$/m) }
  })

const statusOf = (url: string) => Effect.map(request(url, { headers: { range: "bytes=0-9" } }), ({ status }) => status)

/** Waits until the bucket refuses a URL, as it does after its lifetime. */
const expired = (url: string) => until("the URL has expired", statusOf(url), (status) => status === 403)

const assertRefusals = ({ bucket, id, other, urlsOf }: Stage, master: string) =>
  Effect.gen(function* () {
    const { media, rendition } = yield* opened(master)
    assert.isTrue(media.startsWith(`${bucket.url}/`), media)
    assert.strictEqual(new URL(media).searchParams.get("X-Amz-Expires"), String(LIFETIME))
    const foreign = new URL((yield* urlsOf(other)).master).search
    const brief = new URL((yield* urlsOf(id, "1 second")).master).search
    for (const url of [master, rendition]) {
      const bare = url.replace(/\?.*$/, "")
      assertProblem(yield* request(bare), 401)
      assertProblem(yield* request(`${bare}${foreign}`), 403)
      assertProblem(yield* request(`${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`), 403)
      const answer = until("the token has expired", request(`${bare}${brief}`), ({ status }) => status === 403)
      assertProblem(yield* answer, 403)
    }
    for (const url of [media.replace(/\?.*$/, ""), media.replace(/Signature=[^&]*/, `Signature=${"0".repeat(64)}`)]) {
      assert.strictEqual(yield* statusOf(url), 403, url)
    }
    yield* expired(media)
    assert.strictEqual(yield* statusOf((yield* opened(master)).media), 206, "a playlist read again has a new signature")
  })

/** Plays with little in advance, and loads the playlists again when a file cannot be loaded. */
const script = (master: string) => `(async () => {
  const { default: Hls } = await import("/hls.mjs")
  const video = document.body.appendChild(Object.assign(document.createElement("video"), { muted: true }))
  const hls = new Hls({ maxBufferLength: 2, maxMaxBufferLength: 2, maxBufferSize: 0 })
  Object.assign(window, { hls, video, fatal: [] })
  let hasLoaded = false
  hls.on(Hls.Events.FRAG_BUFFERED, () => (hasLoaded = true))
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return
    fatal.push(error.details)
    if (error.frag === undefined || !hasLoaded) return
    const isPlaying = !video.paused
    hasLoaded = false
    hls.config.startPosition = video.currentTime
    hls.loadSource(${JSON.stringify(master)})
    if (isPlaying) video.play()
  })
  hls.loadSource(${JSON.stringify(master)})
  hls.attachMedia(video)
  await video.play()
})()`

const LATE = LENGTH - 5

const playsInHlsJs = ({ page }: Stage, master: string, program: string) =>
  Effect.gen(function* () {
    const tab = yield* Browser.open(program, page)
    yield* tab.evaluate(script(master))
    yield* tab.until("video.currentTime > 0.5 && video.readyState > 2")
    deepStrictEqual(yield* tab.evaluate("fatal"), [])
    const media = yield* tab.evaluate("hls.levels[0].details.fragments[0].url")
    yield* expired(String(media))
    yield* tab.evaluate(`void (video.currentTime = ${LATE})`)
    yield* tab.until(`video.currentTime > ${LATE + 0.5} && video.readyState > 2`)
    deepStrictEqual(yield* tab.evaluate("fatal"), ["fragLoadError"])
  })

/** Discards the loaded media behind the first seconds, loads little from now on, and marks the element. */
const forget = `(() => {
  Object.assign(${player}.api.config, { maxBufferLength: 2, maxMaxBufferLength: 2, maxBufferSize: 0 })
  ${player}.api.trigger("hlsBufferFlushing", { startOffset: 8, endOffset: Infinity, type: null })
  ${player}.isFirst = true
})()`

const loadedUntil = `Math.max(...Array.from({ length: ${player}.buffered.length }, (_, n) => ${player}.buffered.end(n)))`

/** Plays the end of a film whose URLs have expired, and which the player has to load once more. */
const playsInConsole = ({ id, origin }: Stage, program: string) =>
  Effect.gen(function* () {
    const tab = yield* Browser.open(program, `${origin}${CONSOLE}/v/${id}`)
    yield* tab.until(`${seen("#player hls-video")} && ${player}.readyState > 2`)
    yield* tab.evaluate(`void ${player}.pause()`)
    // Everything is loaded before it is discarded, so that no load in flight brings the end back.
    yield* tab.until(`${loadedUntil} > ${LENGTH - 1}`)
    yield* expired(String(yield* tab.evaluate(`${player}.api.levels[0].details.fragments[0].url`)))
    // The browser would answer from its cache, without the bucket.
    yield* tab.send("Network.enable")
    yield* tab.send("Network.setCacheDisabled", { cacheDisabled: true })
    yield* tab.evaluate(forget)
    yield* tab.until(`${loadedUntil} < ${LATE}`)
    yield* tab.evaluate(`void (${player}.muted = true, ${player}.currentTime = ${LATE}, ${player}.play())`)
    yield* tab.until(`${player}?.currentTime > ${LATE + 0.5} && ${player}.readyState > 2`)
    assert.isUndefined(yield* tab.evaluate(`${player}.isFirst`), "the player has loaded the playlists again")
    assert.strictEqual(yield* tab.evaluate(`document.querySelector(".player-note span").textContent`), "")
    deepStrictEqual(
      tab.complaints.filter((text) => /Content Security Policy/i.test(text)),
      []
    )
  })

it.scopedLive(
  "a private video in a bucket plays by signed URLs, also after a seek when the URLs of the bucket have expired",
  () =>
    Effect.gen(function* () {
      const stage = yield* makeStage
      const { master } = yield* stage.urlsOf(stage.id)
      yield* assertRefusals(stage, master)
      if (hasNative) yield* playUrl(master)
      else leftOut("FFmpeg as a player of signed URLs of a bucket")
      if (Browser.chromium === undefined)
        return console.warn("LEFT OUT: signed URLs of a bucket in a browser. There is no Chromium on PATH.")
      yield* playsInHlsJs(stage, master, Browser.chromium)
      yield* playsInConsole(stage, Browser.chromium)
    }).pipe(Effect.provide(Engine)),
  300_000
)
