import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import type * as Browser from "../support/Browser.ts"
import { type Cases, go, holding, Stage } from "../support/consoleStage.ts"
import { laidOut, pauseAtStart, playableCard, press, seen } from "../support/page.ts"

/** Paths of the console with something that is there when they are complete. */
const screens = [
  ["/", playableCard],
  ["/console/videos?view=list", ".line"],
  ["/console/lives", ".empty"],
  ["/console/runners", "tbody tr"],
  ["/console/runners/1", ".panel"],
  ["/console/jobs", "tbody tr"],
  ["/console/webhooks", ".empty"],
  ["/console/settings", "tbody tr"],
  ["/console/overview", ".figures"]
] as const

const media = (tab: Browser.Tab, name: string, value: string) =>
  tab.send("Emulation.setEmulatedMedia", { features: [{ name, value }] })

const size = (tab: Browser.Tab, width: number, height: number) =>
  tab.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 1000 })

const widest = `Math.max(...[...document.querySelectorAll("main, .sidebar")].map(({ scrollWidth }) => scrollWidth))`

type Look = readonly [scheme: "light" | "dark", width: number]

/** Every screen in these colours and widths. */
export const accessibleCase = (it: Parameters<Cases>[0], looks: ReadonlyArray<Look>): void => {
  it.effect(`is accessible on every screen: ${looks.map((look) => look.join(" ")).join(", ")}`, () =>
    Effect.gen(function* () {
      for (const [path, until] of screens) {
        const tab = yield* go(path, until)
        for (const [scheme, width] of looks) {
          yield* media(tab, "prefers-color-scheme", scheme)
          yield* size(tab, width, 800)
          yield* tab.until(`innerWidth === ${width}`)
          yield* laidOut(tab)
          yield* assertAccessible(tab, `${path}, ${scheme}, ${width}`)
        }
        yield* media(tab, "prefers-color-scheme", "light")
        yield* size(tab, 1280, 800)
      }
    })
  )
}

/** Screens with their overlays, in several sizes. */
export const screenCases: Cases = (it) => {
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

  it.scoped("offers what only some servers can do when it knows that this one can", () =>
    Effect.gen(function* () {
      const { made, tab } = yield* Stage
      yield* holding(tab, "/capabilities")
      const isDisabled = (action: string) => `document.querySelector("[data-action=${action}]").disabled`
      yield* go(`/v/${made.uuid}`, "[data-action=transcribe]")
      assert.isTrue(yield* tab.evaluate(`${isDisabled("transcribe")} && ${isDisabled("edit")}`))
      assert.isFalse(yield* tab.evaluate(isDisabled("delete")))
      yield* assertAccessible(tab, "a video before the abilities of the server are known")
      yield* tab.evaluate(`window.release()`)
      yield* tab.until(`${seen(".lack")} && !${isDisabled("edit")}`)
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
          yield* laidOut(tab)
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
        yield* laidOut(tab)
        yield* tab.evaluate(`document.querySelector("media-controller").scrollIntoView({ block: "end" })`)
        const isInView = `(({ bottom, right, top }) => top >= 0 && bottom <= innerHeight && right <= innerWidth)(
          document.querySelector("media-fullscreen-button").getBoundingClientRect())`
        assert.isTrue(yield* tab.evaluate(isInView), `controls at ${width} × ${height}`)
      }
      yield* size(tab, 1280, 800)
    })
  )

  it.effect("has larger type on large screens, and room for it", () =>
    Effect.gen(function* () {
      const tab = yield* go("/", playableCard)
      const type = `Number.parseFloat(getComputedStyle(document.querySelector(".card-title")).fontSize)`
      const fits = `[...document.querySelectorAll(".card")].every((card) =>
        card.getBoundingClientRect().bottom <= card.closest(".grid-row").getBoundingClientRect().bottom)`
      const at = (width: number, height: number) =>
        Effect.gen(function* () {
          yield* size(tab, width, height)
          yield* tab.until(`innerWidth === ${width} && innerHeight === ${height}`)
          yield* laidOut(tab)
          yield* tab.until(fits)
          return Number(yield* tab.evaluate(type))
        })
      assert.strictEqual(yield* at(1280, 800), 13)
      assert.strictEqual(yield* at(2200, 1240), 13)
      // Wide, but no higher than others.
      assert.closeTo(yield* at(5120, 1440), 14.7, 0.2)
      let last = 13
      for (let width = 2300; width <= 3840; width += 220) {
        const now = yield* at(width, Math.round((width * 9) / 16))
        assert.isAbove(now, last, `at ${width}`)
        assert.isBelow(now - last, 1.2, `at ${width}`)
        last = now
      }
      assert.closeTo(last, 20.4, 0.3)
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
