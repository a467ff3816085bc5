import { join } from "node:path"
import { assert, layer, type Vitest } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api } from "./support/Api.ts"
import { assertAccessible } from "./support/axe.ts"
import * as Browser from "./support/Browser.ts"
import { Engine } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import * as FormRunner from "./support/FormRunner.ts"
import * as Footage from "./support/footage.ts"
import { pauseAtStart, playableCard, press, published, seen } from "./support/page.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const TOKEN = "the-operator's-own"

const env = {
  ADMIN_TOKEN: TOKEN,
  LOCAL_RUNNER: "off",
  STORYBOARDS: "on",
  TRANSCODING_RESOLUTIONS_144P: "true",
  TRANSCODING_RESOLUTIONS_360P: "false",
  TRANSCODING_RESOLUTIONS_480P: "false",
  TRANSCODING_RESOLUTIONS_720P: "false"
}

/** A signed-in administrator of a server with a published video and one that waits. */
const makeStage = (program: string) =>
  Effect.gen(function* () {
    const server = yield* ExampleServer.start({
      dataDir: join(yield* temporaryFolder, "data"),
      port: yield* freePort,
      env
    })
    const footage = yield* Footage.make(yield* temporaryFolder)
    const client = api(server.url, TOKEN)
    const runner = yield* FormRunner.register(server.url, yield* ExampleServer.registrationToken(server))
    yield* published(client, runner, footage)
    yield* runner.canDo(["vod-hls-transcoding", "video-studio-transcoding"])
    yield* client.upload(footage.clip)
    const tab = yield* Browser.open(program, `${server.url}/console/videos`)
    yield* tab.until(seen("#token"))
    yield* tab.evaluate(`document.querySelector("#token").focus()`)
    yield* tab.send("Input.insertText", { text: TOKEN })
    yield* tab.click(".dialog [type=submit]")
    yield* tab.until(seen(playableCard))
    return { server, tab }
  })

class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<ReturnType<typeof makeStage>>>() {}

const go = (path: string, until: string) =>
  Effect.gen(function* () {
    const { server, tab } = yield* Stage
    yield* tab.send("Page.navigate", { url: `${server.url}${path}` })
    yield* tab.until(`location.pathname + location.search === "${path}" && ${seen(until)}`)
    return tab
  })

/** Paths of the console with something that is there when they are complete. */
const screens = [
  ["/", playableCard],
  ["/console/videos?view=list", ".line"],
  ["/console/lives", ".empty"],
  ["/console/runners", "tbody tr"],
  ["/console/runners/1", ".panel"],
  ["/console/jobs", "tbody tr"],
  ["/console/webhooks", ".empty"],
  ["/console/overview", ".figures"]
] as const

const media = (tab: Browser.Tab, name: string, value: string) =>
  tab.send("Emulation.setEmulatedMedia", { features: [{ name, value }] })

const size = (tab: Browser.Tab, width: number, height: number) =>
  tab.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 1000 })

const widest = `Math.max(...[...document.querySelectorAll("main, .sidebar")].map(({ scrollWidth }) => scrollWidth))`

const cases = (it: Vitest.MethodsNonLive<Stage, true>) => {
  it.effect("is accessible on every screen, in light and dark", () =>
    Effect.gen(function* () {
      for (const [path, until] of screens) {
        const tab = yield* go(path, until)
        for (const scheme of ["light", "dark"]) {
          yield* media(tab, "prefers-color-scheme", scheme)
          yield* assertAccessible(tab, `${path}, ${scheme}`)
        }
      }
    })
  )

  it.effect("is accessible while a video plays and in its dialogs", () =>
    Effect.gen(function* () {
      const tab = yield* go("/", playableCard)
      yield* tab.click(`.card:has(${playableCard.slice(6)}) a`)
      yield* tab.until(seen("media-controller"))
      yield* pauseAtStart(tab)
      yield* tab.until(seen(".lack"))
      yield* tab.click(".lack summary")
      const lack = String(yield* tab.evaluate(`document.querySelector(".lack").textContent`))
      assert.match(lack, /^Request captions.*No registered runner requests video-transcription/)
      yield* assertAccessible(tab, "the page of a video")
      yield* tab.click("[data-action=edit]")
      yield* tab.until(seen(".filmstrip .frame"))
      yield* assertAccessible(tab, "the dialog for edits")
      yield* tab.click(".dialog .buttons .button")
      yield* tab.evaluate(`document.activeElement.blur()`)
      yield* press(tab, "?")
      yield* tab.until(seen(".help"))
      yield* assertAccessible(tab, "the sheet of shortcuts")
      yield* tab.click(".help header button")
      yield* tab.click(".side-search")
      yield* tab.until(seen(".palette"))
      yield* tab.send("Input.insertText", { text: "clip" })
      yield* tab.until(`document.querySelectorAll("#palette-list > div").length > 1`)
      yield* assertAccessible(tab, "the search")
    })
  )

  it.effect("creates a token with which a runner registers, and shows the runner", () =>
    Effect.gen(function* () {
      const { server } = yield* Stage
      const tab = yield* go("/console/runners", "tbody tr")
      yield* tab.click("#new-token")
      yield* tab.until(seen(".dialog [type=submit]"))
      yield* tab.click(".dialog [type=submit]")
      yield* tab.until(seen(".dialog .copyable"))
      yield* assertAccessible(tab, "the dialog with the token")
      const texts = (yield* tab.evaluate(
        `[...document.querySelectorAll(".dialog .copyable code")].map(({ textContent }) => textContent)`
      )) as ReadonlyArray<string>
      const [token = "", ...commands] = texts
      assert.strictEqual(commands.length, 2)
      for (const command of commands) assert.include(command, `--registration-token ${token}`)
      yield* tab.click(".dialog .buttons .button")
      const rows = `document.querySelectorAll("section[aria-label=Runners] tbody tr").length`
      const before = yield* tab.evaluate(rows)
      yield* FormRunner.register(server.url, token, "from the console")
      yield* tab.until(`${rows} === ${Number(before) + 1}`)
    })
  )

  it.effect("searches videos, changes titles, and keeps every state in the address", () =>
    Effect.gen(function* () {
      const tab = yield* go("/console/videos?q=nothing-of-this-name", ".empty")
      assert.strictEqual(
        yield* tab.evaluate(`document.querySelector("input[type=search]").value`),
        "nothing-of-this-name"
      )
      yield* tab.click(".empty button")
      yield* tab.until(`location.search === "" && ${seen(playableCard)}`)
      yield* tab.click(playableCard)
      yield* tab.until(seen(".watch-title input"))
      yield* tab.evaluate(`document.querySelector(".watch-title input").select()`)
      yield* tab.send("Input.insertText", { text: "A new title" })
      yield* press(tab, "Enter")
      yield* tab.until(`document.title.startsWith("A new title")`)
      yield* go("/console/videos?q=new+title", playableCard)
      yield* tab.until(`document.querySelectorAll(".card").length === 1`)
      assert.include(String(yield* tab.evaluate(`document.querySelector(".card-title").textContent`)), "A new title")
    })
  )

  it.effect("cancels and retries jobs, one and several at once", () =>
    Effect.gen(function* () {
      const tab = yield* go("/console/jobs?state=1", "tbody tr")
      yield* tab.click("thead input[type=checkbox]")
      yield* tab.until(seen(".bulk"))
      yield* assertAccessible(tab, "selected jobs")
      yield* tab.click(".bulk button")
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(seen(".empty"))
      yield* go("/console/jobs?state=6", "tbody tr")
      yield* tab.click("tbody a")
      yield* tab.until(seen(".panel [data-action=retry]"))
      yield* assertAccessible(tab, "the panel of a job")
      yield* tab.click(".panel [data-action=retry]")
      yield* tab.until(seen(".panel [data-action=cancel]"))
    })
  )

  it.effect("keeps its content in view from small phones to large screens", () =>
    Effect.gen(function* () {
      for (const [path, until] of screens) {
        const tab = yield* go(path, until)
        for (const [width, height] of [
          [320, 640],
          [3840, 2160]
        ] as const) {
          yield* size(tab, width, height)
          yield* tab.until(`innerWidth === ${width}`)
          assert.isAtMost(Number(yield* tab.evaluate(widest)), width, `${path} at ${width}`)
        }
      }
      const tab = yield* go("/", playableCard)
      yield* tab.click(`.card:has(${playableCard.slice(6)}) a`)
      for (const [width, height] of [
        [390, 844],
        [844, 390]
      ] as const) {
        yield* size(tab, width, height)
        yield* tab.until(`innerWidth === ${width} && ${seen("media-fullscreen-button")}`)
        yield* tab.evaluate(`document.querySelector("media-controller").scrollIntoView({ block: "end" })`)
        const isInView = `(({ bottom, right, top }) => top >= 0 && bottom <= innerHeight && right <= innerWidth)(
          document.querySelector("media-fullscreen-button").getBoundingClientRect())`
        assert.isTrue(yield* tab.evaluate(isInView), `controls at ${width} × ${height}`)
      }
      yield* size(tab, 1280, 800)
    })
  )

  it.effect("keeps progress visible in forced colours", () =>
    Effect.gen(function* () {
      const tab = yield* go("/", ".card .progress")
      yield* media(tab, "forced-colors", "active")
      const border = `getComputedStyle(document.querySelector(".card .progress")).borderTopStyle`
      yield* tab.until(`${border} === "solid"`)
      yield* media(tab, "forced-colors", "none")
    })
  )
}

if (Browser.chromium !== undefined) {
  const stage = Layer.provide(Layer.scoped(Stage, makeStage(Browser.chromium)), Engine)
  layer(stage, { excludeTestServices: true, timeout: "120 seconds" })("the console", cases)
} else console.warn("LEFT OUT: everything about the console. There is no Chromium on PATH.")
