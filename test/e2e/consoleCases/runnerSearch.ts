import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"

/** The search on the screen of the runners. */
export const runnerSearchCase: Cases = (it) => {
  it.effect("searches runners by name on the server", () =>
    Effect.gen(function* () {
      const { client } = yield* Stage
      const [first] = JSON.parse((yield* client.send("/api/v1/runners?sort=createdAt&count=1")).text).data
      const tab = yield* go("/console/runners?q=nobody", ".empty")
      yield* tab.evaluate(`document.querySelector(".toolbar [type=search]").select()`)
      yield* tab.send("Input.insertText", { text: first.name.toUpperCase() })
      const cells = `[...document.querySelectorAll("tbody tr a[href*='/runners/']")].map(({ textContent }) => textContent)`
      yield* tab.until(`new URLSearchParams(location.search).get("q") === ${JSON.stringify(first.name.toUpperCase())}`)
      yield* tab.until(`${cells}[0] === ${JSON.stringify(first.name)}`)
      yield* tab.click("tbody tr a[href*='/runners/']")
      yield* tab.until(`location.pathname.endsWith("/runners/${first.id}") && location.search !== ""`)
      yield* assertAccessible(tab, "the list of runners with a search")
    })
  )
}
