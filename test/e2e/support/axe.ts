import { assert } from "@effect/vitest"
import axe from "axe-core"
import { Effect } from "effect"
import type * as Browser from "./Browser.ts"

/** Rules whose breach keeps people out. */
const found = `axe.run(document, { preload: false, resultTypes: ["violations"] }).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + failureSummary.slice(0, 200))]))`

/** Fails when axe reports something serious about the page as it is now. */
export const assertAccessible = (tab: Browser.Tab, state: string) =>
  Effect.gen(function* () {
    // Colours are measured where they stand still.
    yield* tab.until(`document.getAnimations().every(({ playState }) => playState !== "running")`)
    if (!(yield* tab.evaluate(`"axe" in globalThis`))) yield* tab.evaluate(`void (() => { ${axe.source} })()`)
    assert.deepStrictEqual(yield* tab.evaluate(found), [], state)
  })
