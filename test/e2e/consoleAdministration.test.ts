import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { assertAccessible } from "./support/axe.ts"
import { type Cases, go, onStage, Stage } from "./support/consoleStage.ts"
import * as FormRunner from "./support/FormRunner.ts"
import { seen } from "./support/page.ts"

/** The ids of the jobs in the list, in alphabetical order. */
const listed = `[...document.querySelectorAll("tbody tr a")].map(({ pathname }) => pathname.split("/").at(-1)).sort().join()`

const cases: Cases = (it) => {
  it.effect("shows the settings with their origin, without secrets", () =>
    Effect.gen(function* () {
      const tab = yield* go("/console/settings?q=admin_token", "tbody tr")
      const cells = `[...document.querySelectorAll("tbody tr")].map((row) => [...row.cells].slice(0, 3)
        .map(({ textContent }) => textContent).join()).join("; ")`
      const shown = String(yield* tab.evaluate(cells)).split("; ")
      assert.include(shown, "ADMIN_TOKEN,hidden,environment")
      assert.include(shown, "PUBLIC_URL,unset,default")
      yield* go("/console/settings?q=resolutions_144p", "tbody tr")
      assert.strictEqual(yield* tab.evaluate(cells), "TRANSCODING_RESOLUTIONS_144P,true,environment")
    })
  )

  it.effect("lists the jobs of one video and of one runner", () =>
    Effect.gen(function* () {
      const { made, tab } = yield* Stage
      const expected = made.jobs.map(({ uuid }) => uuid).sort()
      yield* go(`/v/${made.uuid}`, ".card-more")
      yield* tab.click(".card-more")
      yield* tab.until(`location.search === "?video=${made.uuid}" && ${listed} === "${expected}"`)
      yield* go("/console/runners/1", ".panel a")
      yield* tab.click(".panel a")
      yield* tab.until(`location.search === "?runner=1" && ${listed} === "${expected}"`)
      yield* tab.click(".toolbar button")
      yield* tab.until(`location.search === "" && ${listed}.split(",").length > ${expected.length}`)
    })
  )

  it.effect("cancels and retries jobs, one and several at once", () =>
    Effect.gen(function* () {
      const { waiting } = yield* Stage
      const tab = yield* go("/console/jobs?state=1", "tbody tr")
      yield* tab.click("thead input[type=checkbox]")
      yield* tab.until(seen(".bulk"))
      yield* assertAccessible(tab, "selected jobs")
      yield* tab.click(".bulk button")
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(seen(".empty"))
      yield* tab.until(
        `performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/jobs/bulk")).length === 1`
      )
      yield* go("/console/jobs?state=6", "tbody tr")
      yield* tab.click("tbody a")
      yield* tab.until(seen(".panel [data-action=retry]"))
      yield* assertAccessible(tab, "the panel of a job")
      assert.strictEqual(
        yield* tab.evaluate(`document.querySelector(".panel a[href*='/v/']").textContent`),
        waiting.name
      )
      yield* tab.click(".panel [data-action=retry]")
      yield* tab.until(seen(".panel [data-action=cancel]"))
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
}

onStage("the console of an administrator", cases)
