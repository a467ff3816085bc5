import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as Browser from "./support/Browser.ts"
import { CONSOLE, dropClip, makeSite, TOKEN } from "./support/mountedSite.ts"
import { seen, signIn } from "./support/page.ts"

/** The ends of the addresses of uploads. */
const sentTo = `performance.getEntriesByType("resource").flatMap(({ name }) => name.match(/\\/videos\\/upload.*/) ?? [])`

it.scopedLive(
  "the console of an application without resumable uploads sends each file in one request",
  () =>
    Effect.gen(function* () {
      if (Browser.chromium === undefined)
        return console.warn("LEFT OUT: uploads in one request. There is no Chromium on PATH.")
      const tab = yield* Browser.open(Browser.chromium, `${yield* makeSite({})}${CONSOLE}/videos`)
      yield* signIn(tab, TOKEN)
      yield* tab.evaluate(dropClip)
      yield* tab.until(seen(".card"))
      yield* tab.until(`document.querySelector(".upload") === null`)
      deepStrictEqual(yield* tab.evaluate(sentTo), ["/videos/upload"])
    }),
  300_000
)
