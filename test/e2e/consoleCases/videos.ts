import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import type * as Browser from "../support/Browser.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"
import { press, seen } from "../support/page.ts"

/** Two videos with this title, whose jobs wait. */
const uploaded = (title: string) =>
  Effect.gen(function* () {
    const { client, footage } = yield* Stage
    const upload = Effect.gen(function* () {
      const { uuid } = yield* client.upload(footage.clip)
      const headers = { "content-type": "application/json" }
      const body = JSON.stringify({ title })
      assert.strictEqual((yield* client.send(`/videos/${uuid}`, { method: "PATCH", headers, body })).status, 200)
      return uuid
    })
    return [yield* upload, yield* upload]
  })

const boxes = (kind: "card" | "line") => `[...document.querySelectorAll(".${kind} .pick input")]`

/** Whether the page shows this notice. News about the videos may follow it. */
const notice = (text: string) =>
  `[...document.querySelectorAll(".notice span")].some(({ textContent }) => textContent === ${JSON.stringify(text)})`

/** The states of the open or ended jobs of the videos, each once. */
const statesOf = (ids: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { client } = yield* Stage
    const videos = yield* Effect.forEach(ids, client.video)
    return [...new Set(videos.flatMap(({ jobs }) => jobs.map(({ state }) => state.label)))]
  })

const phone = (tab: Browser.Tab, width: number) =>
  tab.send("Emulation.setDeviceMetricsOverride", { width, height: 700, deviceScaleFactor: 1, mobile: width < 1000 })

/** Changes of several videos at once. */
export const videoCases: Cases = (it) => {
  it.effect("shows where the jobs of a video may run, and why it was transcoded whole", () =>
    Effect.gen(function* () {
      const { client, footage } = yield* Stage
      const plan = { graph: "chunked", chunkMinDuration: "3600", labels: "nowhere", tenant: "acme" }
      const { uuid } = yield* client.upload(footage.clip, "whole.mp4", plan)
      const tab = yield* go(`/v/${uuid}`, ".watch-side")
      const facts = `[...document.querySelectorAll(".watch-side .facts div")].map(({ textContent }) => textContent).join()`
      const shown = String(yield* tab.evaluate(facts))
      for (const fact of ["acme", "nowhere", "too short"]) assert.include(shown, fact)
      yield* client.remove(uuid)
    })
  )

  it.effect("selects videos by keys, cancels and retries their jobs, and changes their priority", () =>
    Effect.gen(function* () {
      const { client } = yield* Stage
      const ids = yield* uploaded("By keys")
      const tab = yield* go("/console/videos?q=by+keys", ".card")
      yield* tab.until(`${boxes("card")}.length === 2`)
      deepStrictEqual(yield* tab.evaluate(`${boxes("card")}.map(({ ariaLabel }) => ariaLabel)`), [
        "Select By keys",
        "Select By keys"
      ])
      for (const key of ["j", "x", "j", "x"]) yield* press(tab, key)
      yield* tab.until(`document.querySelector(".bulk [role=status]")?.textContent === "2 selected"`)
      yield* assertAccessible(tab, "selected videos")
      yield* press(tab, "b")
      yield* tab.until(`document.activeElement.dataset.action === "cancel"`)
      yield* tab.click(".bulk [data-action=cancel]")
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(`${notice("The open jobs of 2 videos are cancelled.")} && !${seen(".bulk")}`)
      deepStrictEqual(yield* statesOf(ids), ["Cancelled"])

      yield* tab.evaluate(`${boxes("card")}[0].click()`)
      yield* tab.until(seen(".bulk [data-action=all]"))
      yield* tab.click(".bulk [data-action=all]")
      yield* tab.until(`document.querySelector(".bulk [role=status]").textContent === "2 selected"`)
      yield* tab.click(".bulk [data-action=retry]")
      yield* tab.until(`${notice("The failed jobs of 2 videos are tried again.")}`)
      deepStrictEqual(yield* statesOf(ids), ["Pending"])

      yield* tab.evaluate(`${boxes("card")}.forEach((box) => box.click())`)
      yield* tab.until(seen(".bulk select"))
      const select = `document.querySelector(".bulk select")`
      yield* tab.evaluate(`(${select}.value = "-3", ${select}.dispatchEvent(new Event("change", { bubbles: true })))`)
      yield* tab.until(`${notice("2 videos moved to another priority.")}`)
      const videos = yield* Effect.forEach(ids, (id) => client.send(`/videos/${id}`))
      deepStrictEqual(
        videos.map(({ text }) => JSON.parse(text).priority),
        [-3, -3]
      )
    })
  )

  it.effect("deletes videos on a phone, and moves nothing for it", () =>
    Effect.gen(function* () {
      const { client } = yield* Stage
      const ids = yield* uploaded("On a phone")
      const tab = yield* go("/console/videos?q=on+a+phone&view=list", ".line")
      yield* phone(tab, 320)
      yield* tab.until(`innerWidth === 320 && ${boxes("line")}.length === 2`)
      const places = `JSON.stringify([...document.querySelectorAll("main button, main input, main select")]
        .filter((one) => one.closest(".bulk") === null).map((one) => one.getBoundingClientRect().toJSON()))`
      const before = yield* tab.evaluate(places)
      yield* tab.evaluate(`${boxes("line")}.forEach((box) => box.click())`)
      yield* tab.until(seen(".bulk"))
      assert.strictEqual(yield* tab.evaluate(places), before)
      assert.isTrue(
        yield* tab.evaluate(`(({ left, right, bottom }) => left >= 0 && right <= 320 && bottom <= innerHeight)(
          document.querySelector(".bulk").getBoundingClientRect())`)
      )
      yield* assertAccessible(tab, "selected videos on a phone")
      yield* tab.click(".bulk [data-action=delete]")
      yield* tab.until(seen(".dialog .danger"))
      yield* assertAccessible(tab, "the question before videos are deleted")
      yield* tab.click(".dialog .danger")
      yield* tab.until(`${notice("2 videos deleted.")} && ${seen(".empty")} && !${seen(".bulk")}`)
      for (const id of ids) assert.strictEqual((yield* client.send(`/videos/${id}`)).status, 404)
      yield* phone(tab, 1280)
    })
  )
}
