import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { broadcast, openFirst, playableCard, requestLive, seen, summary, video } from "../support/page.ts"
import { type Cases, home, Stage } from "../support/pageStage.ts"

/** Lives in the list and on their page. */
export const liveCases: Cases = (it) => {
  it.effect("shows a live, plays it while it is on air, and stops it", () =>
    Effect.gen(function* () {
      const { client, footage, runner, tab } = yield* Stage
      yield* home(tab)
      yield* tab.until(seen(playableCard))
      yield* requestLive(client)
      yield* tab.until(`document.querySelector(".card-summary").textContent === "Waiting for a runner"`)
      const job = yield* broadcast(runner, footage)
      yield* tab.until(seen(".live-badge"))
      yield* openFirst(tab)
      yield* tab.until(`${video}?.currentTime > 0.2 && ${video}.duration === Infinity`)
      yield* tab.until(`${seen("media-live-button")} && !${seen(".player-seek")}`)
      yield* tab.click("[data-action=stop]")
      yield* tab.until(`${summary}.startsWith("Stopping the runner")`)
      yield* job.succeed({})
      yield* tab.until(`${summary}.startsWith("Ended")`)
      yield* tab.click(".back")
      yield* tab.until(`${seen(".card")} && !${seen(".live-badge")}`)
    })
  )

  it.effect("hides the URL of a live, and shows why one cannot start", () =>
    Effect.gen(function* () {
      const { server, tab } = yield* Stage
      const address = `document.querySelector("[name=rtmpUrl]")`
      yield* home(tab, "/console/lives")
      yield* tab.until(seen("#go-live"))
      yield* tab.click("#go-live")
      yield* tab.until(`document.activeElement === ${address}`)
      yield* tab.send("Input.insertText", { text: "rtmp://127.0.0.1:1/live/a-key-that-nobody-sees" })
      assert.strictEqual(yield* tab.evaluate(`${address}.type`), "password")
      yield* tab.click(".dialog [type=submit]")
      yield* tab.until(`document.querySelector(".dialog .error").textContent !== ""`)
      yield* tab.click(".dialog .buttons .button")
      yield* tab.until(`${address} === null`)
      yield* tab.click("#go-live")
      yield* tab.until(`${address}?.value === ""`)
      assert.notInclude(yield* server.log, "a-key-that-nobody-sees")
    })
  )
}
