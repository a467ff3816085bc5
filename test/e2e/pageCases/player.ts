import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import type * as Browser from "../support/Browser.ts"
import {
  laidOut,
  openFirst,
  pauseAtStart,
  pointAtTime,
  press,
  readCaptions,
  seen,
  summary,
  video
} from "../support/page.ts"
import { type Cases, home, Stage } from "../support/pageStage.ts"

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

/** Opens the first video of the list, paused at its start. */
const openPaused = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    yield* home(tab)
    yield* openFirst(tab)
    yield* pauseAtStart(tab)
  })

/** The player of a video, with its captions, previews and keys. */
export const playerCases: Cases = (it) => {
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
      yield* openPaused(tab)
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
      yield* openPaused(tab)
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
      yield* openPaused(tab)
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
}
