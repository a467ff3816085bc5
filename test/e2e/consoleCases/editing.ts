import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import type * as Browser from "../support/Browser.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"
import { press, seen } from "../support/page.ts"

const start = `document.querySelector(".handle-start")`
const shown = `document.querySelector(".part-preview :is(hls-video, video)")`
/** The ranges that were played. */
const played = `(({ played }) => Array.from({ length: played.length }, (_, n) => [played.start(n), played.end(n)]))(
  ${shown}.nativeEl ?? ${shown})`
const kept = `document.querySelector(".kept").textContent`

/** Drags the left end of the strip to a part of its width. */
const dragStart = (tab: Browser.Tab, part: number) =>
  Effect.gen(function* () {
    const { x, y, width } = (yield* tab.evaluate(
      `(({ x, y, width, height }) => ({ x, y: y + height / 2, width }))(document.querySelector(".filmstrip").getBoundingClientRect())`
    )) as { x: number; y: number; width: number }
    const at = (type: string, left: number) =>
      tab.send("Input.dispatchMouseEvent", { type, x: left, y, button: "left", buttons: 1, clickCount: 1 })
    yield* at("mousePressed", x + 5)
    for (const share of [0.3, 0.7, 1]) yield* at("mouseMoved", x + width * part * share)
    yield* at("mouseReleased", x + width * part)
  })

const openDialog = Effect.gen(function* () {
  const { made } = yield* Stage
  const tab = yield* go(`/v/${made.uuid}`, "[data-action=edit]:enabled")
  yield* tab.click("[data-action=edit]")
  yield* tab.until(`${seen(".filmstrip .frame span")} && ${shown}?.readyState > 1`)
  return tab
})

/** The dialog for edits. It leaves a video in the state To edit. */
export const editingCases: Cases = (it) => {
  it.effect("chooses a part by the mouse and by keys, in tenths of a second, and shows its pictures", () =>
    Effect.gen(function* () {
      const tab = yield* openDialog
      yield* dragStart(tab, 0.5)
      yield* tab.until(`Math.abs(${start}.valueAsNumber - 6) < 0.5`)
      yield* tab.evaluate(`${start}.focus()`)
      yield* press(tab, "Home")
      yield* tab.until(`${start}.valueAsNumber === 0`)
      for (const _ of [1, 2, 3]) yield* press(tab, "ArrowRight")
      yield* tab.until(`${start}.ariaValueText === "0:00.3" && Math.abs(${shown}.currentTime - 0.3) < 0.01`)
      yield* press(tab, "End")
      yield* tab.until(`${start}.ariaValueText === "0:11.9"`)
      yield* tab.until(`${kept} === "Keeps 0:00.1 of 0:12.0"`)
      yield* assertAccessible(tab, "a part of a video")
      yield* tab.click(".dialog .buttons .button")
      yield* tab.until(`!${seen(".dialog")}`)
    })
  )

  it.effect("plays the part before it is sent, and cuts the video there", () =>
    Effect.gen(function* () {
      const { client, made } = yield* Stage
      const tab = yield* openDialog
      for (const [name, value] of [
        ["end", "2.4"],
        ["start", "1.7"]
      ]) {
        yield* tab.evaluate(`document.querySelector(".dialog [name=${name}]").select()`)
        yield* tab.send("Input.insertText", { text: String(value) })
        yield* press(tab, "Tab")
      }
      yield* tab.until(`${kept} === "Keeps 0:00.7 of 0:12.0"`)
      yield* tab.click("[data-action=preview]")
      yield* tab.until(`${played}.length > 0 && ${shown}.paused`)
      const [[from = 0, to = 0] = []] = (yield* tab.evaluate(played)) as ReadonlyArray<ReadonlyArray<number>>
      assert.closeTo(from, 1.7, 0.1)
      assert.isAtLeast(to, 2.3)

      yield* tab.click(".dialog [type=submit]")
      yield* tab.until(`!${seen(".dialog")}`)
      const { jobs, state } = yield* client.video(made.uuid)
      assert.strictEqual(state.label, "To edit")
      const uuid = jobs.find(({ type }) => type === "video-studio-transcoding")?.uuid
      const { payload } = JSON.parse((yield* client.send(`/jobs/${uuid}`)).text)
      deepStrictEqual(payload.tasks, [{ name: "cut", options: { start: 1.7, end: 2.4 } }])
    })
  )
}
