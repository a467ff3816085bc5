import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ids, PlaybackAccess, SignedPlayback } from "@runner-connector/core"
import { Clock, Effect, Redacted } from "effect"
import { api, assertProblem, request } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { Engine } from "./support/clips.ts"
import * as Footage from "./support/footage.ts"
import { hasNative, leftOut, playUrl, subtitlesOf } from "./support/native.ts"
import { only144p } from "./support/only144p.ts"
import { openFirst, playableCard, pointAtTime, published, readCaptions, seen, video } from "./support/page.ts"
import { makeServerWithRunner } from "./support/serverWithRunner.ts"
import { until } from "./support/waiting.ts"

const TOKEN = "the-operator's-own"
const SECRET = "a secret for playback that is long enough"

const env = {
  ADMIN_TOKEN: TOKEN,
  PLAYBACK_SECRET: `${SECRET}, an older secret that is still accepted`,
  // URLs of one quarter of the lifetime are equal.
  PLAYBACK_URL_LIFETIME: "300 days",
  STORYBOARDS: "on",
  ...only144p
}

/** A server that signs, with a video that has captions and a storyboard. */
const makeStage = Effect.gen(function* () {
  const { footage, runner, server } = yield* makeServerWithRunner(env)
  const client = api(server.url, TOKEN)
  const { uuid } = yield* published(client, runner, footage)
  assert.strictEqual((yield* client.send(`/videos/${uuid}/transcript`, { method: "POST" })).status, 200)
  yield* Effect.flatMap(runner.take("video-transcription"), (job) =>
    job.succeed({ inputLanguage: "en", vttFile: footage.captions })
  )
  return { server, video: yield* client.settled(uuid) }
})

/** A link of another program with the same secret. */
const link = (uuid: string) =>
  Effect.flatMap(PlaybackAccess.PlaybackAccess, (access) =>
    access.link(Ids.VideoId.make(uuid), { expiresIn: "1 hour" })
  ).pipe(Effect.provide(SignedPlayback.layerSigned({ secrets: [Redacted.make(SECRET)] })), Effect.orDie)

/** The first hour of 1970. */
const longAgo: Clock.Clock = Object.assign(Object.create(Clock.make()), {
  unsafeCurrentTimeMillis: () => 0,
  currentTimeMillis: Effect.succeed(0)
})

const isOpen = seen(".dialog [name=token]")
const error = `document.querySelector(".dialog .error").textContent`
const preview = `document.querySelector("media-preview-thumbnail")?.getAttribute("mediapreviewimage")`

/** Enters a token into the dialog that the page has opened by itself. */
const signIn = (tab: Browser.Tab, token: string) =>
  Effect.gen(function* () {
    yield* tab.until(isOpen)
    yield* tab.evaluate(
      `(document.querySelector("[name=token]").focus(), document.querySelector("[name=token]").select())`
    )
    yield* tab.send("Input.insertText", { text: token })
    yield* tab.click(".dialog [type=submit]")
  })

const signInAtLast = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    yield* tab.until(isOpen)
    yield* tab.click(".dialog .buttons .button")
    yield* tab.until(`${seen("#sign-in-required")} && !(${isOpen})`)
    yield* tab.click("#sign-in-required button")
    yield* signIn(tab, "wrong")
    yield* tab.until(`${isOpen} && ${error} === "The server did not accept that token."`)
    yield* signIn(tab, TOKEN)
    yield* tab.until(seen(playableCard))
    assert.isFalse(
      yield* tab.evaluate(
        `document.cookie.length > 0 || JSON.stringify({ ...sessionStorage, ...localStorage }).includes("${TOKEN}")`
      ),
      "no script can read the session"
    )
  })

/** Plays with captions, and shows a preview of the storyboard. */
const watch = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    yield* openFirst(tab)
    yield* tab.until(`${video}?.duration > 11 && ${video}.readyState > 2`)
    yield* readCaptions(tab)
    yield* pointAtTime(tab, 0.5)
    yield* tab.until(`/storyboard\\.jpg\\?token=[^"]+$/.test(${preview})`)
    const picture = `new Image().decode.call(Object.assign(new Image(), { src: ${preview} }))`
    assert.isUndefined(yield* tab.evaluate(picture), "the picture can be decoded")
  })

const loaded = `performance.getEntriesByType("resource")
  .filter(({ name }) => name.includes("/playback/"))
  .map(({ name, responseStatus }) => [new URL(name).pathname.replace(/^.*-/, ""), new URL(name).search, responseStatus])`

const assertSigned = (tab: Browser.Tab, search: string) =>
  Effect.gen(function* () {
    const kinds = ["master.m3u8", "144.m3u8", "fragmented.mp4", "caption.m3u8", "caption.vtt", "thumbnail.jpg"]
    const read = Effect.map(tab.evaluate(loaded), (all) => all as ReadonlyArray<readonly [string, string, number]>)
    const entries = yield* until("files of all kinds are loaded", read, (all) =>
      kinds.every((kind) => all.some(([name]) => name === kind))
    )
    for (const [name, query, status] of entries) {
      assert.strictEqual(query, search, name)
      assert.include([200, 206, 304], status, name)
    }
  })

const refusedInTab = (tab: Browser.Tab, urls: ReadonlyArray<string>) =>
  tab.evaluate(
    `Promise.all(${JSON.stringify(urls)}.map((url) => fetch(url, { cache: "reload" }).then(({ status }) => status)))`
  )

it.scopedLive(
  "a page of signed URLs asks for the token, plays with captions and previews, and copied URLs expire",
  () =>
    Effect.gen(function* () {
      const { server, video: document } = yield* makeStage
      const own = new URL(String(document.playlistUrl))
      if (hasNative) {
        yield* playUrl(String(document.files[0]?.playlistUrl))
        assert.include(yield* subtitlesOf(own.href), Footage.SENTENCE)
      } else leftOut("FFmpeg as a player of signed URLs")

      const { query: current } = yield* link(document.uuid)
      const { query: old } = yield* Effect.withClock(link(document.uuid), longAgo)
      const files = [own.href, ...document.files.flatMap(({ playlistUrl, url }) => [playlistUrl, url])]
      const withQuery = (query: string) => files.map((url) => url.replace(/\?.*$/, `?${query}`))
      for (const url of withQuery(current)) assert.strictEqual((yield* request(url)).status, 200)
      for (const url of withQuery(old)) assertProblem(yield* request(url), 403)
      const log = yield* server.log
      for (const secret of [SECRET, TOKEN, own.search]) assert.notInclude(log, secret)

      if (Browser.chromium === undefined)
        return console.warn("LEFT OUT: the page of signed URLs in a browser. There is no Chromium on PATH.")
      const tab = yield* Browser.open(Browser.chromium, server.url)
      yield* signInAtLast(tab)
      yield* watch(tab)
      yield* assertSigned(tab, own.search)
      deepStrictEqual(
        yield* refusedInTab(tab, withQuery(current)),
        files.map(() => 200)
      )
      deepStrictEqual(
        yield* refusedInTab(tab, withQuery(old)),
        files.map(() => 403)
      )
      const refusal = /the server responded with a status of 40[134]|"level":"(?:verbose|info)"/
      deepStrictEqual(
        tab.complaints.filter((complaint) => !refusal.test(complaint)),
        []
      )
    }).pipe(Effect.provide(Engine)),
  300_000
)
