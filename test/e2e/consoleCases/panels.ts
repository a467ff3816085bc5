import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"
import * as ExampleServer from "../support/ExampleServer.ts"
import * as FormRunner from "../support/FormRunner.ts"
import { seen } from "../support/page.ts"

/** The panel is closed and its row gone from the list, which has this address. */
const isClosed = (path: string) =>
  `(location.pathname === "${path}" && !${seen(".panel")} && !${seen(`tbody tr[aria-current]`)})`

/** A video of which all jobs are cancelled. */
const cancelled = Effect.gen(function* () {
  const { client, footage } = yield* Stage
  const { uuid } = yield* client.upload(footage.clip, "cancelled.mp4")
  assert.strictEqual((yield* client.send(`/videos/${uuid}/cancel`, { method: "POST" })).status, 200)
  return yield* client.video(uuid)
})

const jobCases: Cases = (it) => {
  it.effect("closes the panel of a job that was deleted in it", () =>
    Effect.gen(function* () {
      const { jobs, uuid } = yield* cancelled
      const tab = yield* go(`/console/jobs/${jobs[0]?.uuid}?video=${uuid}`, ".panel [data-action=delete]")
      yield* tab.click(".panel [data-action=delete]")
      yield* tab.until(seen(".dialog .danger"))
      yield* assertAccessible(tab, "the question before jobs are deleted")
      yield* tab.click(".dialog .danger")
      yield* tab.until(`${isClosed("/console/jobs")} && location.search === "?video=${uuid}"`)
      yield* tab.until(`document.querySelectorAll("tbody tr").length === ${jobs.length - 1}`)
    })
  )

  it.effect("closes the panel of a job that was deleted in the list", () =>
    Effect.gen(function* () {
      const { jobs, uuid } = yield* cancelled
      const tab = yield* go(`/console/jobs/${jobs[0]?.uuid}?video=${uuid}`, ".panel [data-action=delete]")
      yield* tab.until(`document.querySelectorAll("tbody tr").length === ${jobs.length}`)
      yield* tab.evaluate(`document.querySelector("thead input[type=checkbox]").click()`)
      yield* tab.until(seen(".bulk"))
      yield* tab.evaluate(`document.querySelector(".bulk [data-action=delete]").click()`)
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(`${isClosed("/console/jobs")} && ${seen(".empty")}`)
    })
  )
}

/** Changes all settings of the endpoint whose panel is open. A new URL that cannot be used is refused in the dialog. */
const changeEndpoint = Effect.gen(function* () {
  const { client, tab } = yield* Stage
  const field = (name: string) => `document.querySelector(".dialog [name=${name}]")`
  yield* tab.click(".panel [data-action=edit]")
  yield* tab.until(seen(".dialog [name=url]"))
  assert.strictEqual(yield* tab.evaluate(`${field("url")}.value`), "http://127.0.0.1:9/hook")
  yield* tab.evaluate(`${field("url")}.value = "ftp://127.0.0.1/hook"`)
  yield* tab.evaluate(`${field("description")}.value = "for tests"`)
  yield* tab.evaluate(`${field("types")}.checked = true`)
  yield* tab.click(".dialog [type=submit]")
  yield* tab.until(`document.querySelector(".dialog .error").textContent.includes("url")`)
  yield* assertAccessible(tab, "a refused change of an endpoint")
  yield* tab.evaluate(`${field("url")}.value = "http://127.0.0.1:9/changed"`)
  yield* tab.click(".dialog [type=submit]")
  yield* tab.until(`!${seen(".dialog")} && document.querySelector(".panel h2").textContent.endsWith("/changed")`)
  const [endpoint] = JSON.parse((yield* client.send("/api/v1/runners/webhooks")).text).data
  assert.strictEqual(endpoint.url, "http://127.0.0.1:9/changed")
  assert.strictEqual(endpoint.description, "for tests")
  assert.strictEqual(endpoint.types.length, 1)
  assert.include(yield* tab.evaluate(`document.querySelector(".panel .facts").textContent`), endpoint.types[0])
})

/** Panels of things that are deleted while they are shown, and of things that do not exist. */
export const panelCases: Cases = (it) => {
  jobCases(it)

  it.effect("closes the panel of a runner that was removed", () =>
    Effect.gen(function* () {
      const { client, server } = yield* Stage
      yield* FormRunner.register(server.url, yield* ExampleServer.registrationToken(server), "short-lived")
      const { data } = JSON.parse((yield* client.send("/api/v1/runners?count=100")).text)
      const { id } = data.find(({ name }: { name: string }) => name === "short-lived")
      const tab = yield* go(`/console/runners/${id}`, ".panel [data-action=remove]")
      yield* tab.click(".panel [data-action=remove]")
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(isClosed("/console/runners"))
      yield* tab.until(`![...document.querySelectorAll("tbody a")].some((one) => one.textContent === "short-lived")`)
    })
  )

  it.effect("adds and changes an endpoint for webhooks, and closes its panel when it was deleted", () =>
    Effect.gen(function* () {
      const tab = yield* go("/console/webhooks", ".empty")
      yield* tab.click(".screen-head button")
      yield* tab.until(seen(".dialog [name=url]"))
      yield* assertAccessible(tab, "the dialog for an endpoint")
      yield* tab.evaluate(`document.querySelector(".dialog [name=url]").focus()`)
      yield* tab.send("Input.insertText", { text: "http://127.0.0.1:9/hook" })
      yield* tab.click(".dialog [type=submit]")
      yield* tab.until(seen(".dialog .copyable"))
      yield* assertAccessible(tab, "the secret of an endpoint")
      yield* tab.click(".dialog .buttons .button")
      yield* tab.until(`!${seen(".dialog")}`)
      yield* tab.click("tbody a")
      yield* tab.until(seen(".panel .facts"))
      yield* assertAccessible(tab, "the panel of an endpoint")
      yield* changeEndpoint
      yield* tab.click(".panel [data-action=delete]")
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(`${isClosed("/console/webhooks")} && ${seen(".empty")}`)
    })
  )

  it.effect("closes the panel of what does not exist, and says so", () =>
    Effect.gen(function* () {
      for (const [list, id] of [
        ["jobs", crypto.randomUUID()],
        ["runners", "987654"],
        ["webhooks", crypto.randomUUID()]
      ]) {
        const { server, tab } = yield* Stage
        yield* tab.send("Page.navigate", { url: `${server.url}/console/${list}/${id}` })
        yield* tab.until(`${isClosed(`/console/${list}`)} && document.querySelector(".notice") !== null`)
      }
    })
  )
}
