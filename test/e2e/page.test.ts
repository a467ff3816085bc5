import { join } from "node:path"
import { assert, layer, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { api } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { Engine } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import * as FormRunner from "./support/FormRunner.ts"
import * as Footage from "./support/footage.ts"
import { only144p } from "./support/only144p.ts"
import {
  broadcast,
  laidOut,
  openFirst,
  pauseAtStart,
  playableCard,
  pointAtTime,
  press,
  published,
  readCaptions,
  requestLive,
  seen,
  summary,
  video
} from "./support/page.ts"
import { filesOf } from "./support/pageFiles.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const env = {
  LOCAL_RUNNER: "off",
  LIVES_ALLOW_PRIVATE_ADDRESSES: "on",
  STORYBOARDS: "on",
  ...only144p
}

const makeServer = Effect.gen(function* () {
  return yield* ExampleServer.start({ dataDir: join(yield* temporaryFolder, "data"), port: yield* freePort, env })
})

class Server extends Context.Tag("Server")<Server, ExampleServer.ExampleServer>() {}

/** A video with prepared results, and the server's page in a browser. */
const makeStage = (program: string) =>
  Effect.gen(function* () {
    const server = yield* Server
    const footage = yield* Footage.make(yield* temporaryFolder)
    const client = api(server.url)
    const runner = yield* FormRunner.register(server.url, yield* ExampleServer.registrationToken(server))
    yield* published(client, runner, footage)
    yield* runner.canDo(["vod-hls-transcoding", "video-transcription", "live-rtmp-hls-transcoding"])
    const tab = yield* Browser.open(program, server.url)
    yield* tab.until(seen(playableCard))
    return { server, client, runner, footage, tab }
  })

class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<ReturnType<typeof makeStage>>>() {}

/** Whether a control shows a state: its attribute has this value, or is absent. The next key acts on what is shown. */
const shows = (control: string, attribute: string, value: string | null) =>
  `(document.querySelector("${control}").getAttribute("${attribute}") === ${JSON.stringify(value)})`
const speed = "media-playback-rate-menu-button"
const screen = "media-fullscreen-button"
/** A click on the picture. */
const middle = "media-controller"
const preview = `document.querySelector("media-preview-thumbnail")`

/** Names of visible controls of the player that are not completely in view. */
const outOfView = `[...document.querySelectorAll("media-control-bar > *")].flatMap((control) => {
  const { bottom, height, left, right, top, width } = control.getBoundingClientRect()
  const isShown = control.checkVisibility({ opacityProperty: true }) && width > 0 && height > 0
  const isInside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
  return isShown && !isInside ? [control.localName] : []
})`

const home = (tab: Browser.Tab, path = "/") =>
  Effect.gen(function* () {
    const { server } = yield* Stage
    yield* tab.send("Page.navigate", { url: `${server.url}${path}` })
    yield* tab.until(`location.pathname === "${path}" && document.readyState === "complete"`)
  })

const browserCases = (it: Vitest.MethodsNonLive<Server, true>, program: string) =>
  it.layer(Layer.provide(Layer.scoped(Stage, makeStage(program)), Engine), { timeout: "5 minutes" })((it) => {
    it.effect("requests captions and shows them in the chosen language", () =>
      Effect.gen(function* () {
        const { footage, runner, tab } = yield* Stage
        yield* openFirst(tab)
        yield* tab.until(seen("[data-action=transcribe]:enabled"))
        yield* tab.click("[data-action=transcribe]")
        yield* tab.until(`!${seen("[data-action=transcribe]")}`)
        const job = yield* runner.take("video-transcription")
        yield* job.succeed({ inputLanguage: "en", vttFile: footage.captions })
        yield* tab.until(`${summary}.includes("captions in English")`)

        yield* home(tab)
        yield* openFirst(tab)
        const items = `[...document.querySelector("media-captions-menu").shadowRoot.querySelectorAll("media-chrome-menu-item")]`
        yield* tab.until(`${items}.length === 2`)
        deepStrictEqual(yield* tab.evaluate(`${items}.map((item) => item.textContent.trim())`), ["Off", "English"])
        yield* readCaptions(tab)
      })
    )

    it.effect("previews seek positions", () =>
      Effect.gen(function* () {
        const { footage, tab } = yield* Stage
        const [width, height] = footage.storyboard.tile
        yield* home(tab)
        yield* openFirst(tab)
        yield* pauseAtStart(tab)
        yield* pointAtTime(tab, 0.77)
        const tile = [3 * width, height, width, height].join(" ")
        yield* tab.until(`${preview}.getAttribute("mediapreviewcoords") === "${tile}"`)
        assert.isTrue(
          yield* tab.evaluate(`/storyboard\\.jpg(?:#.*)?$/.test(${preview}.getAttribute("mediapreviewimage"))`)
        )
        const time = `document.querySelector("media-preview-time-display").shadowRoot.textContent`
        yield* tab.until(`${seen("media-preview-thumbnail")} && ${time}.includes("0:09")`)
      })
    )

    it.effect("obeys the usual keys wherever the focus is", () =>
      Effect.gen(function* () {
        const { tab } = yield* Stage
        yield* home(tab)
        yield* openFirst(tab)
        yield* pauseAtStart(tab)
        for (const focus of ["document.body", `document.querySelector(".watch-side a")`, video]) {
          yield* tab.evaluate(`(document.activeElement.blur(), ${focus}.focus(), ${video}.currentTime = 0)`)
          yield* tab.until(shows("media-time-range", "mediacurrenttime", "0"))
          yield* press(tab, "l")
          yield* tab.until(`${video}.currentTime > 9`)
          yield* press(tab, "j")
          yield* tab.until(`${video}.currentTime < 1`)
          yield* press(tab, "m")
          yield* tab.until(`${video}.muted && ${shows("media-mute-button", "mediavolumelevel", "off")}`)
          yield* press(tab, "m")
          yield* tab.until(`!${video}.muted && !${shows("media-mute-button", "mediavolumelevel", "off")}`)
          yield* press(tab, ">")
          yield* tab.until(shows(speed, "mediaplaybackrate", "1.25"))
          yield* press(tab, "<")
          yield* tab.until(`${video}.playbackRate === 1 && ${shows(speed, "mediaplaybackrate", "1")}`)
          yield* press(tab, "k")
          yield* tab.until(`!${video}.paused && ${shows("media-play-button", "mediapaused", null)}`)
          yield* press(tab, "k")
          yield* tab.until(`${video}.paused && ${shows("media-play-button", "mediapaused", "")}`)
        }
        // Clicks leave the focus on the control that was clicked.
        for (const clicked of [middle, "media-mute-button", "media-time-range"]) {
          yield* tab.click(clicked)
          yield* tab.evaluate(`(${video}.pause(), ${video}.muted = false, ${video}.currentTime = 0)`)
          yield* tab.until(`${video}.paused && ${shows("media-time-range", "mediacurrenttime", "0")}`)
          yield* press(tab, "l")
          yield* tab.until(`${video}.currentTime > 9`)
          yield* press(tab, "j")
          yield* tab.until(`${video}.currentTime < 1`)
          yield* press(tab, "ArrowRight")
          yield* tab.until(clicked === "media-time-range" ? `${video}.currentTime > 0` : `${video}.currentTime > 9`)
        }
        yield* tab.evaluate(`(document.activeElement.blur(), ${video}.currentTime = 0)`)
        yield* press(tab, " ")
        yield* tab.until(`!${video}.paused && ${shows("media-play-button", "mediapaused", null)}`)
        yield* press(tab, " ")
        yield* tab.until(`${video}.paused && ${shows("media-play-button", "mediapaused", "")}`)
        yield* press(tab, "ArrowRight")
        yield* tab.until(`${video}.currentTime > 9`)
        yield* press(tab, "f")
        yield* tab.until(`document.fullscreenElement !== null && ${shows(screen, "mediaisfullscreen", "")}`)
        yield* press(tab, "f")
        yield* tab.until(`document.fullscreenElement === null && ${shows(screen, "mediaisfullscreen", null)}`)
      })
    )

    it.effect("keeps its controls in view on a phone, upright and in landscape", () =>
      Effect.gen(function* () {
        const { tab } = yield* Stage
        yield* home(tab)
        yield* openFirst(tab)
        yield* pauseAtStart(tab)
        for (const [width, height] of [
          [390, 844],
          [844, 390],
          [568, 320]
        ] as const) {
          const screen = { width, height, deviceScaleFactor: 2, mobile: true }
          yield* tab.send("Emulation.setDeviceMetricsOverride", screen)
          yield* tab.until(`innerWidth === ${width}`)
          yield* tab.evaluate(`scrollTo(0, 0)`)
          yield* laidOut(tab)
          deepStrictEqual(yield* tab.evaluate(outOfView), [], `${width} × ${height}`)
        }
        yield* tab.send("Emulation.clearDeviceMetricsOverride")
      })
    )

    it.effect("shows a live, plays it while it is on air, and stops it", () =>
      Effect.gen(function* () {
        const { client, footage, runner, tab } = yield* Stage
        yield* home(tab)
        yield* tab.until(seen(playableCard))
        yield* requestLive(client)
        yield* tab.until(`document.querySelector(".card-summary").textContent === "Waiting for a runner"`)
        const job = yield* broadcast(runner, footage)
        yield* tab.until(seen(".live-badge"))
        yield* openFirst(tab)
        yield* tab.until(`${video}?.currentTime > 0.2 && ${video}.duration === Infinity`)
        yield* tab.until(`${seen("media-live-button")} && !${seen(".player-seek")}`)
        yield* tab.click("[data-action=stop]")
        yield* tab.until(`${summary}.startsWith("Stopping the runner")`)
        yield* job.succeed({})
        yield* tab.until(`${summary}.startsWith("Ended")`)
        yield* tab.click(".back")
        yield* tab.until(`${seen(".card")} && !${seen(".live-badge")}`)
      })
    )

    it.effect("hides the URL of a live, and shows why one cannot start", () =>
      Effect.gen(function* () {
        const { server, tab } = yield* Stage
        const address = `document.querySelector("[name=rtmpUrl]")`
        yield* home(tab, "/console/lives")
        yield* tab.until(seen("#go-live"))
        yield* tab.click("#go-live")
        yield* tab.until(`document.activeElement === ${address}`)
        yield* tab.send("Input.insertText", { text: "rtmp://127.0.0.1:1/live/a-key-that-nobody-sees" })
        assert.strictEqual(yield* tab.evaluate(`${address}.type`), "password")
        yield* tab.click(".dialog [type=submit]")
        yield* tab.until(`document.querySelector(".dialog .error").textContent !== ""`)
        yield* tab.click(".dialog .buttons .button")
        yield* tab.until(`${address} === null`)
        yield* tab.click("#go-live")
        yield* tab.until(`${address}?.value === ""`)
        assert.notInclude(yield* server.log, "a-key-that-nobody-sees")
      })
    )

    it.effect("has caused no policy violation and no script error", () =>
      Effect.gen(function* () {
        const { tab } = yield* Stage
        const refusal = /the server responded with a status of 4\d\d|"level":"(?:verbose|info)"/
        deepStrictEqual(
          tab.complaints.filter((complaint) => !refusal.test(complaint)),
          []
        )
      })
    )
  })

layer(Layer.scoped(Server, makeServer), { excludeTestServices: true, timeout: "5 minutes" })("the page", (it) => {
  it.effect("has all of its files and runs no other script", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const files = yield* filesOf(url)
      assert.isAbove(files.size, 20)
      for (const [address, { headers, status }] of files) {
        assert.strictEqual(status, 200, address)
        const policy = String(headers.get("content-security-policy"))
        assert.match(policy, address === `${url}/` ? /^default-src 'self'; / : /^default-src 'none'$/)
        assert.notMatch(policy, /unsafe|https?:|\*/)
      }
      const document = String(files.get(`${url}/`)?.text)
      assert.notMatch(document, /<script(?![^>]* src=)|<style|\s(?:style|on[a-z]+)=/)
    })
  )

  if (Browser.chromium !== undefined) browserCases(it, Browser.chromium)
  else console.warn("LEFT OUT: everything that the page does in a browser. There is no Chromium on PATH.")
})
