import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { api } from "./Api.ts"
import type * as Browser from "./Browser.ts"
import type * as FormRunner from "./FormRunner.ts"
import * as Footage from "./footage.ts"

type Runner = Effect.Effect.Success<ReturnType<typeof FormRunner.register>>
type Material = Effect.Effect.Success<ReturnType<typeof Footage.make>>

/** A published video with a storyboard, by prepared results. */
export const published = (client: ReturnType<typeof api>, runner: Runner, footage: Material) =>
  Effect.gen(function* () {
    const { uuid } = yield* client.upload(footage.clip)
    yield* Effect.flatMap(runner.take("vod-hls-transcoding"), (job) => job.succeed(footage.rendition))
    yield* Effect.flatMap(runner.take("generate-video-storyboard"), (job) =>
      job.succeed({ storyboardFile: footage.storyboard.picture })
    )
    return yield* client.settled(uuid)
  })

/** The element that plays in the player of the page. */
export const video = `document.querySelector("#player :is(hls-video, video)")`

/** Whether an element is on the page and visible. */
export const seen = (selector: string) =>
  `(document.querySelector(${JSON.stringify(selector)})?.checkVisibility() === true)`

/** The short text about the state of the video on its page. */
export const summary = `(document.querySelector("[data-summary]")?.textContent ?? "")`

/** A playable video in the list of the page. */
export const playableCard = `.card .thumb[data-playable="true"]`

/** Opens the first video of the list. */
export const openFirst = (tab: Browser.View) =>
  Effect.gen(function* () {
    yield* tab.until(seen(".card a"))
    yield* tab.click(".card a")
    yield* tab.until(`/\\/v\\/[^/]+$/.test(location.pathname) && ${seen("[data-summary]")}`)
  })

/** Controls of the browser act on these numbers. */
const keyCodes: Readonly<Record<string, number>> = { Tab: 9, End: 35, Home: 36, ArrowLeft: 37, ArrowRight: 39 }

/** Presses a key where the focus is. */
export const press = (tab: Browser.Tab, key: string) =>
  Effect.gen(function* () {
    const text = key.length === 1 ? { text: key } : {}
    const number = keyCodes[key]
    const code = number === undefined ? {} : { windowsVirtualKeyCode: number }
    yield* tab.send("Input.dispatchKeyEvent", { type: "keyDown", key, code: key, ...text, ...code })
    yield* tab.send("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, ...code })
  })

/** Waits for the second frame. By then the page knows its new size, and has laid itself out for it. */
export const laidOut = (tab: Browser.View) =>
  Effect.asVoid(
    tab.evaluate(
      `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() => true)`
    )
  )

/** Moves the mouse to a part of the time line, once the previews are there. */
export const pointAtTime = (tab: Browser.Tab, part: number) =>
  Effect.gen(function* () {
    yield* tab.until(`[...${video}.textTracks].some(({ cues, label }) => label === "thumbnails" && cues?.length > 0)`)
    yield* laidOut(tab)
    const place = `(() => {
      const { x, y, width, height } = document.querySelector("media-time-range").getBoundingClientRect()
      return { x: x + width * ${part}, y: y + height / 2 }
    })()`
    const at = (yield* tab.evaluate(place)) as object
    yield* tab.send("Input.dispatchMouseEvent", { type: "mouseMoved", ...at })
  })

/** Chooses the first captions in the player and waits for their sentence. */
export const readCaptions = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    const items = `document.querySelector("media-captions-menu").shadowRoot.querySelectorAll("media-chrome-menu-item")`
    yield* tab.until(
      `document.querySelector("media-controller").hasAttribute("mediasubtitleslist") && ${items}.length > 1`
    )
    yield* tab.evaluate(`(() => {
      const menu = document.querySelector("media-captions-menu")
      menu.value = [...menu.shadowRoot.querySelectorAll("media-chrome-menu-item")].at(-1).value
      menu.dispatchEvent(new Event("change"))
      ${video}.pause()
      ${video}.currentTime = 1.5
    })()`)
    const shown = `[...${video}.textTracks].flatMap((track) => track.mode === "showing" ? [...track.activeCues] : [])`
    yield* tab.until(`${shown}.some((cue) => cue.text === ${JSON.stringify(Footage.SENTENCE)})`)
  })

/** Pauses at the start, after the video has loaded. */
export const pauseAtStart = (tab: Browser.View) =>
  Effect.gen(function* () {
    yield* tab.until(`${video}?.duration > 11 && ${video}.readyState > 2`)
    yield* tab.evaluate(`(${video}.pause(), ${video}.currentTime = 0)`)
    yield* tab.until(`${video}.paused && ${video}.currentTime === 0`)
  })

/** Posts JSON and returns the JSON of the answer. */
export const post = (client: ReturnType<typeof api>, path: string, body: object) =>
  Effect.map(
    client.send(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    }),
    ({ status, text }) => {
      assert.strictEqual(status, 200, text)
      return JSON.parse(text)
    }
  )

/** Requests a live of a stream that nobody sends, for results that are prepared. */
export const requestLive = (client: ReturnType<typeof api>) => {
  const source = { width: 256, height: 144, fps: 24, hasVideo: true, hasAudio: false }
  return post(client, "/lives", {
    rtmpUrl: "rtmp://127.0.0.1:1/live/a-key-that-nobody-sees",
    source,
    resolutions: [144]
  })
}

const master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=256x144\n0.m3u8\n"

/** Takes the job of the live, and sends all of its segments. The live stays on air until the job succeeds. */
export const broadcast = (runner: Runner, { live }: Material) =>
  Effect.gen(function* () {
    const job = yield* runner.take("live-rtmp-hls-transcoding")
    for (const [name, bytes] of live.segments) {
      yield* job.update({
        type: "add-chunk",
        masterPlaylistFile: new File([master], "master.m3u8"),
        resolutionPlaylistFilename: "0.m3u8",
        resolutionPlaylistFile: live.playlist,
        videoChunkFilename: name,
        videoChunkFile: bytes
      })
    }
    return job
  })

/** Signs in as the administrator, in the dialog that the page shows. */
export const signIn = (tab: Browser.Tab, token: string) =>
  Effect.gen(function* () {
    const dialog = seen(".dialog [name=token]")
    yield* tab.until(dialog)
    yield* tab.evaluate(`document.querySelector("[name=token]").focus()`)
    yield* tab.send("Input.insertText", { text: token })
    yield* tab.click(".dialog [type=submit]")
    yield* tab.until(`!${dialog}`)
  })
