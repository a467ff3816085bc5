import { join } from "node:path"
import { assert, layer, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { type Answer, api, request } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { Engine } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import * as FormRunner from "./support/FormRunner.ts"
import * as Footage from "./support/footage.ts"
import { published, readCaptions } from "./support/page.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const env = {
  LOCAL_RUNNER: "off",
  LIVES_ALLOW_PRIVATE_ADDRESSES: "on",
  STORYBOARDS: "on",
  TRANSCODING_RESOLUTIONS_144P: "true",
  TRANSCODING_RESOLUTIONS_360P: "false",
  TRANSCODING_RESOLUTIONS_480P: "false",
  TRANSCODING_RESOLUTIONS_720P: "false"
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
    const tab = yield* Browser.open(program, server.url)
    yield* tab.until(`document.querySelector(".thumb:enabled") !== null`)
    return { server, client, runner, footage, tab }
  })

class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<ReturnType<typeof makeStage>>>() {}

const post = (client: ReturnType<typeof api>, path: string, body: object) =>
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

const video = `document.querySelector("#player video")`
const bubble = `document.querySelector("#player .preview")`
const seen = (selector: string) => `(document.querySelector(${JSON.stringify(selector)})?.checkVisibility() === true)`
const press = (key: string) => ({ type: "keyDown", key, code: key })

/** The references of a document: style sheets, scripts, images, modules. */
const askedFor = (text: string, base: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:href|src|from|import\()[ =]?"([./][^"]*\.(?:css|js|mjs|svg))"/g)].map(
    ([, path]) => new URL(String(path), base).href
  )

/** All files of the page as browsers get them, by URL. */
const filesOf = (origin: string) =>
  Effect.gen(function* () {
    const files = new Map<string, Answer>()
    const open = [`${origin}/`]
    for (let url = open.pop(); url !== undefined; url = open.pop()) {
      if (files.has(url)) continue
      const answer = yield* request(url)
      files.set(url, answer)
      if (!url.endsWith(".mjs")) open.push(...askedFor(answer.text, url))
    }
    return files
  })

const browserCases = (it: Vitest.MethodsNonLive<Server, true>, program: string) =>
  it.layer(Layer.provide(Layer.scoped(Stage, makeStage(program)), Engine), { timeout: "120 seconds" })((it) => {
    it.effect("requests captions and shows them in the chosen language", () =>
      Effect.gen(function* () {
        const { footage, runner, tab } = yield* Stage
        yield* tab.until(seen("[data-transcribe]"))
        yield* tab.click("[data-transcribe]")
        yield* tab.until(`!${seen("[data-transcribe]")}`)
        const job = yield* runner.take("video-transcription")
        yield* job.succeed({ inputLanguage: "en", vttFile: footage.captions })
        yield* tab.until(`document.querySelector("[data-summary]").textContent.includes("captions in English")`)

        yield* tab.click(".thumb")
        yield* tab.until(seen("[data-captions]"))
        const choices = `[...document.querySelectorAll("[data-captions] option")].map((option) => option.text)`
        deepStrictEqual(yield* tab.evaluate(choices), ["Off", "English"])
        yield* readCaptions(tab)
        yield* tab.click("#player [data-close]")
        yield* tab.until(`!document.querySelector("#player").open`)
      })
    )

    it.effect("previews seek positions for mouse and keyboard", () =>
      Effect.gen(function* () {
        const { footage, tab } = yield* Stage
        const [width, height] = footage.storyboard.tile
        yield* tab.click(".thumb")
        yield* tab.until(`${video}.duration > 11 && ${video}.readyState > 2`)
        yield* tab.evaluate(`(${video}.pause(), ${video}.currentTime = 0)`)
        const place = `(() => {
          const { x, y, width, height } = document.querySelector(".seek input").getBoundingClientRect()
          return { x: x + width * 0.77, y: y + height / 2 }
        })()`
        const at = (yield* tab.evaluate(place)) as object
        const tile = `getComputedStyle(${bubble}.querySelector(".tile"))`
        const state = `({
          position: ${tile}.backgroundPosition, size: [${tile}.width, ${tile}.height],
          isPicture: /storyboard\\.jpg"\\)$/.test(${tile}.backgroundImage), time: ${bubble}.textContent.trim()
        })`
        const preview = (column: number, row: number, time: string) => ({
          position: `-${column * width}px -${row * height}px`.replaceAll("-0px", "0px"),
          size: [`${width}px`, `${height}px`],
          isPicture: true,
          time
        })
        yield* tab.send("Input.dispatchMouseEvent", { type: "mouseMoved", ...at })
        yield* tab.until(`${seen("#player .preview")} && ${tile}.backgroundImage !== "none"`)
        deepStrictEqual(yield* tab.evaluate(state), preview(3, 1, "0:09"))

        yield* tab.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: 1, y: 1 })
        yield* tab.until(`!${seen("#player .preview")}`)
        yield* tab.evaluate(`document.querySelector(".seek input").focus()`)
        yield* tab.send("Input.dispatchKeyEvent", press("ArrowRight"))
        yield* tab.until(seen("#player .preview"))
        deepStrictEqual(yield* tab.evaluate(state), preview(5, 0, "0:05"))
        yield* tab.until(`Math.abs(${video}.currentTime - 5) < 0.01`)
        yield* tab.click("#player [data-close]")
        yield* tab.until(`!document.querySelector("#player").open`)
      })
    )

    it.effect("shows a live, plays it while it is on air, and stops it", () =>
      Effect.gen(function* () {
        const { client, footage, runner, tab } = yield* Stage
        const source = { width: 256, height: 144, fps: 24, hasVideo: true, hasAudio: false }
        const asked = { rtmpUrl: "rtmp://127.0.0.1:1/live/a-key-that-nobody-sees", source, resolutions: [144] }
        yield* post(client, "/lives", asked)
        // The page polls rarely while no change is expected.
        yield* tab.evaluate(`window.dispatchEvent(new Event("online"))`)
        yield* tab.until(`document.querySelector("[data-summary]").textContent === "Waiting for a runner"`)
        const job = yield* runner.take("live-rtmp-hls-transcoding")
        const master = new File(
          ["#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=256x144\n0.m3u8\n"],
          "master.m3u8"
        )
        for (const [name, bytes] of footage.live.segments) {
          yield* job.update({
            type: "add-chunk",
            masterPlaylistFile: master,
            resolutionPlaylistFilename: "0.m3u8",
            resolutionPlaylistFile: footage.live.playlist,
            videoChunkFilename: name,
            videoChunkFile: bytes
          })
        }
        yield* tab.until(seen(".live-badge"))
        yield* tab.click(".thumb")
        yield* tab.until(`${video}.currentTime > 0.2 && ${video}.duration === Infinity`)
        assert.isTrue(yield* tab.evaluate(`${seen(".to-live")} && !${seen(".seek")}`))
        yield* tab.click("#player [data-close]")
        yield* tab.click("[data-stop]")
        yield* tab.until(`document.querySelector("[data-summary]").textContent.startsWith("Stopping the runner")`)
        yield* job.succeed({})
        yield* tab.until(`document.querySelector("[data-summary]").textContent.startsWith("Ended")`)
        assert.isTrue(yield* tab.evaluate(`document.querySelector(".live-badge").hidden`))
      })
    )

    it.effect("hides the URL of a live, and shows why one cannot start", () =>
      Effect.gen(function* () {
        const { server, tab } = yield* Stage
        const address = `document.querySelector("#rtmp-url")`
        yield* tab.click("#go-live")
        yield* tab.send("Input.insertText", { text: "rtmp://127.0.0.1:1/live/a-key-that-nobody-sees" })
        assert.strictEqual(yield* tab.evaluate(`${address}.type`), "password")
        yield* tab.click("#live [type=submit]")
        yield* tab.until(`document.querySelector("#live .error").textContent !== ""`, 30)
        yield* tab.click("#live [data-close]")
        yield* tab.until(`!document.querySelector("#live").open && ${address}.value === ""`)
        assert.notInclude(yield* server.log, "a-key-that-nobody-sees")
      })
    )

    it.effect("has caused no policy violation and no script error", () =>
      Effect.gen(function* () {
        const { tab } = yield* Stage
        const refusal = /the server responded with a status of 4\d\d/
        deepStrictEqual(
          tab.complaints.filter((complaint) => !refusal.test(complaint)),
          []
        )
      })
    )
  })

layer(Layer.scoped(Server, makeServer), { excludeTestServices: true, timeout: "120 seconds" })("the page", (it) => {
  it.effect("has all of its files and runs no other script", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const files = yield* filesOf(url)
      assert.isAbove(files.size, 40)
      for (const [address, { headers, status }] of files) {
        assert.strictEqual(status, 200, address)
        const policy = String(headers.get("content-security-policy"))
        assert.match(policy, /^default-src 'self'; /)
        assert.notMatch(policy, /unsafe|https?:|\*/)
      }
      const document = String(files.get(`${url}/`)?.text)
      assert.notMatch(document, /<script(?![^>]* src=)|<style|\s(?:style|on[a-z]+)=/)
    })
  )

  if (Browser.chromium !== undefined) browserCases(it, Browser.chromium)
  else console.warn("LEFT OUT: everything that the page does in a browser. There is no Chromium on PATH.")
})
