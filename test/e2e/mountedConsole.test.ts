import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as Browser from "./support/Browser.ts"
import { CONSOLE, dropClip, makeSite, TOKEN } from "./support/mountedSite.ts"
import { hasNative, leftOut } from "./support/native.ts"
import { openFirst, playableCard, seen, signIn, video } from "./support/page.ts"

it.scopedLive(
  "the console below a path of an application signs in, lists, uploads and plays",
  () =>
    Effect.gen(function* () {
      if (!hasNative) return leftOut("The console below a path of an application")
      if (Browser.chromium === undefined)
        return console.warn("LEFT OUT: the console below a path in a browser. There is no Chromium on PATH.")
      const site = yield* makeSite({ uploads: {}, localRunner: { concurrency: 1 } })
      const tab = yield* Browser.open(Browser.chromium, `${site}${CONSOLE}/videos`)
      yield* signIn(tab, TOKEN)
      yield* tab.evaluate(dropClip)
      yield* tab.until(seen(playableCard))
      yield* openFirst(tab)
      yield* tab.until(`${video}?.readyState > 2`)
      yield* tab.evaluate(`${video}.play()`)
      yield* tab.until(`${video}.currentTime > 0.2`)
      for (const screen of ["overview", "runners", "jobs", "settings"]) {
        yield* tab.click(`a[href="${CONSOLE}/${screen}"]`)
        yield* tab.until(`location.pathname === "${CONSOLE}/${screen}" && !${seen(".loading")}`)
        assert.isFalse(yield* tab.evaluate(`${seen("#sign-in-required")} || ${seen(".error")}`), screen)
      }
      const scripts = `[...document.scripts].every(({ src, textContent }) => src !== "" && textContent === "")`
      assert.isTrue(yield* tab.evaluate(scripts), "no inline script")
      deepStrictEqual(
        tab.complaints.filter((text) => /Content Security Policy/i.test(text)),
        []
      )
    }),
  300_000
)
