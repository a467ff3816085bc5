import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { type Cases, holding, Stage } from "../support/consoleStage.ts"
import { playableCard, seen } from "../support/page.ts"

/** Notes where each control is that can be pressed now. */
const note = `(() => {
  const isShown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  window.places = [...document.querySelectorAll("a, button, input, select, summary")].filter(isShown)
    .map((control) => ({ control, place: JSON.stringify(control.getBoundingClientRect()) }))
  return window.places.length > 5
})()`

/** The controls that are not where they were, or not there any more. */
const moved = `window.places.filter(({ control, place }) => JSON.stringify(control.getBoundingClientRect()) !== place)
  .map(({ control, place }) => [control.outerHTML.slice(0, 120), place, JSON.stringify(control.getBoundingClientRect())])`

/** Screens with the part of them that controls must not wait for, and what shows that all of it has loaded. */
const screens = [
  ["/", "#files", `${seen(playableCard)} && ${seen("#files")}`],
  ["/console/lives", "#go-live", seen(".empty")],
  ["/console/runners", "#new-token", `document.querySelectorAll("tbody tr").length > 1`],
  ["/console/jobs", ".toolbar", seen("tbody tr")],
  ["/console/webhooks", ".screen-head button", seen(".empty")],
  ["/console/overview", ".segments", seen(".figures")],
  ["/console/settings", ".toolbar", seen("tbody tr")]
] as const

/** Nobody presses what has just moved away. */
export const layoutCases: Cases = (it) => {
  it.scoped("moves no control while a screen loads, on a desktop and on a phone", () =>
    Effect.gen(function* () {
      const { server, tab } = yield* Stage
      yield* holding(tab, "")
      yield* Effect.addFinalizer(() => tab.send("Emulation.clearDeviceMetricsOverride"))
      for (const width of [1280, 390]) {
        yield* tab.send("Emulation.setDeviceMetricsOverride", {
          ...{ width, height: 800, deviceScaleFactor: 1, mobile: width < 1000 }
        })
        for (const [path, controls, loaded] of screens) {
          yield* tab.send("Page.navigate", { url: server.url + path })
          yield* tab.until(
            `location.pathname === "${path}" && document.querySelector("${controls}") !== null && ${note}`
          )
          yield* tab.evaluate(`window.release()`)
          yield* tab.until(`${loaded} && ${seen("#sign-in, [aria-label='Sign out']")}`)
          deepStrictEqual(yield* tab.evaluate(moved), [], `${path} at ${width}`)
        }
      }
    })
  )
}
