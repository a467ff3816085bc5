import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"
import * as FormRunner from "../support/FormRunner.ts"
import { press, seen } from "../support/page.ts"

const rowOf = (name: string) =>
  `[...document.querySelectorAll("tbody tr")].find(({ cells }) => cells[0].textContent === "${name}")`

/** Sets the value of a field. */
const fill = (selector: string, value: string) =>
  Effect.flatMap(Stage, ({ tab }) => tab.evaluate(`document.querySelector("${selector}").value = "${value}"`))

/** Registration tokens, and the panel of a runner. */
export const runnerCases: Cases = (it) => {
  it.effect("creates a token with which a runner registers, and shows the runner", () =>
    Effect.gen(function* () {
      const { server } = yield* Stage
      const tab = yield* go("/console/runners", "tbody tr")
      yield* tab.until(`!${seen(".loading")}`)
      yield* tab.click("#new-token")
      yield* tab.until(seen(".dialog [type=submit]"))
      yield* fill(".dialog [name=labels]", "Site-1, gpu")
      yield* fill(".dialog [name=maxUses]", "2")
      yield* fill(".dialog [name=expires]", "2099-12-31T12:00")
      yield* tab.click(".dialog [type=submit]")
      yield* tab.until(seen(".dialog .error"))
      yield* fill(".dialog [name=labels]", "site-1, gpu")
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
      const tokenRows = `[...document.querySelectorAll("section[aria-label='Registration tokens'] tbody tr")]
        .map(({ cells }) => [...cells].slice(0, 3).map(({ textContent }) => textContent).join())`
      yield* tab.until(`${tokenRows}.includes("ptrrt-…${token.slice(-4)},gpu, site-1,1 / 2")`)
      yield* tab.until(`${rowOf("from the console")}.querySelectorAll(".tag").length === 2`)
      yield* tab.evaluate(`document.querySelector("button[aria-label$='…${token.slice(-4)}']").click()`)
      yield* tab.until(
        `document.querySelector(".dialog")?.textContent.includes("The runner that registered with it is removed, too.")`
      )
      yield* press(tab, "Escape")
    })
  )

  it.effect("shows more registration tokens than one page has", () =>
    Effect.gen(function* () {
      const { client } = yield* Stage
      const path = "/api/v1/runners/registration-tokens"
      const idsOf = (query: string) =>
        Effect.map(client.send(path + query), ({ text }) =>
          JSON.parse(text).data.map(({ id }: { readonly id: number }) => id)
        )
      yield* Effect.replicateEffect(client.send(`${path}/generate`, { method: "POST" }), 101, { discard: true })
      const tab = yield* go("/console/runners", "section[aria-label='Registration tokens'] tbody tr")
      const section = `[...document.querySelectorAll("section")].find((one) => one.querySelector(".pager"))`
      const rows = `${section}?.querySelectorAll("tbody tr").length`
      yield* tab.until(`${rows} === 100`)
      yield* tab.evaluate(`${section}.querySelector("[aria-label='Next page']").click()`)
      const rest = yield* idsOf("?start=100&count=100")
      yield* tab.until(`${rows} === ${rest.length}`)
      const added = (yield* idsOf("?start=0&count=100")).concat(rest).slice(0, 101)
      for (const id of added) yield* client.send(`${path}/${id}`, { method: "DELETE" })
      yield* tab.evaluate("location.reload()")
      yield* tab.until(`${section} === undefined && ${seen("section[aria-label='Registration tokens'] tbody tr")}`)
    })
  )

  it.effect("renames, labels, pauses and drains a runner", () =>
    Effect.gen(function* () {
      const { client, made } = yield* Stage
      const tab = yield* go("/console/runners/1", ".panel form")
      const facts = `Object.fromEntries([...document.querySelectorAll(".panel .facts > div")]
        .map(({ children }) => [...children].map(({ textContent }) => textContent)))`
      const shown = (yield* tab.evaluate(facts)) as Readonly<Record<string, string>>
      assert.strictEqual(shown["Completed jobs"], String(made.jobs.length))
      assert.strictEqual(shown["Failed jobs"], "0")
      assert.match(String(shown.Speed), new RegExp(`^\\d+:\\d\\d a job, over the last ${made.jobs.length}$`))
      const button = (text: string) =>
        tab.evaluate(
          `[...document.querySelectorAll(".panel .buttons button")].find((one) => one.textContent === "${text}").click()`
        )
      const state = `document.querySelector(".panel-state")?.textContent`
      yield* fill(".panel [name=name]", "renamed")
      yield* fill(".panel [name=labels]", "fast intel")
      yield* tab.click(".panel form [type=submit]")
      yield* tab.until(`document.querySelector(".panel h2")?.textContent === "renamed"`)
      yield* tab.until(`${rowOf("renamed")}?.querySelectorAll(".tag").length === 2`)
      yield* button("Pause")
      yield* tab.until(`${state}.includes("Paused")`)
      yield* assertAccessible(tab, "the panel of a paused runner")
      yield* button("Activate")
      yield* tab.until(`!${state}.includes("Paused")`)
      yield* button("Drain")
      yield* tab.until(`${state}.includes("Draining")`)
      const answer = yield* client.send("/api/v1/runners")
      assert.deepInclude(
        JSON.parse(answer.text).data.find(({ id }: { id: number }) => id === 1),
        {
          name: "renamed",
          labels: ["fast", "intel"],
          state: "draining"
        }
      )
    })
  )
}
