import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { jobCases } from "./consoleCases/jobs.ts"
import { layoutCases } from "./consoleCases/layout.ts"
import { runnerSearchCase } from "./consoleCases/runnerSearch.ts"
import { runnerCases } from "./consoleCases/runners.ts"
import { videoCases } from "./consoleCases/videos.ts"
import { type Cases, go, onStage } from "./support/consoleStage.ts"

const settingsCase: Cases = (it) => {
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
}

onStage("the console of an administrator", (it) => {
  runnerSearchCase(it)
  settingsCase(it)
  jobCases(it)
  runnerCases(it)
  layoutCases(it)
  videoCases(it)
})
