import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import type * as Browser from "../support/Browser.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"
import { seen } from "../support/page.ts"

/** How requests of the page fare. Lasts until the test ends. */
const withNetwork = (tab: Browser.Tab, conditions: { readonly offline: boolean; readonly latency: number }) => {
  const set = (offline: boolean, latency: number) =>
    tab.send("Network.emulateNetworkConditions", {
      offline,
      latency,
      downloadThroughput: -1,
      uploadThroughput: -1
    })
  return Effect.acquireRelease(
    Effect.zipRight(tab.send("Network.enable"), set(conditions.offline, conditions.latency)),
    () => set(false, 0)
  )
}

/** Requests of these addresses fail until the test ends. */
const withBlocked = (tab: Browser.Tab, ...urls: ReadonlyArray<string>) =>
  Effect.acquireRelease(Effect.zipRight(tab.send("Network.enable"), tab.send("Network.setBlockedURLs", { urls })), () =>
    tab.send("Network.setBlockedURLs", { urls: [] })
  )

const HOUR = 3_600_000

/** States beside the usual one: nothing there, still loading, failed, a question. */
export const stateCases: Cases = (it) => {
  it.effect("is accessible where nothing is found", () =>
    Effect.gen(function* () {
      for (const path of [
        "/console/videos?q=nothing-of-this-name",
        "/console/jobs?q=nothing-of-this-name",
        "/console/nothing",
        `/v/${crypto.randomUUID()}`
      ]) {
        yield* assertAccessible(yield* go(path, ".empty"), path)
      }
    })
  )

  it.scoped("is accessible while a screen loads", () =>
    Effect.gen(function* () {
      const tab = yield* go("/console/jobs", "tbody tr")
      yield* withNetwork(tab, { offline: false, latency: HOUR })
      // Its script may be in the cache of the browser, but not its list.
      yield* tab.click(`.sidebar a[href$="/videos"]`)
      yield* tab.until(seen(".loading"))
      yield* assertAccessible(tab, "a screen that loads")
    })
  )

  it.scoped("is accessible without a connection", () =>
    Effect.gen(function* () {
      const tab = yield* go("/console/jobs", "tbody tr")
      yield* withNetwork(tab, { offline: true, latency: 0 })
      yield* tab.click("thead th button")
      yield* tab.until(seen("main > .error"))
      yield* assertAccessible(tab, "a list that could not be loaded")
    })
  )

  it.scoped("is accessible when single requests fail", () =>
    Effect.gen(function* () {
      const { made, tab } = yield* Stage
      yield* withBlocked(tab, "*/overview?*", "*/jobs/*", "*/videos/*")
      for (const [path, until] of [
        ["/console/overview", "main > .error"],
        [`/console/jobs/${made.jobs[0]?.uuid}`, ".panel .error"],
        [`/v/${made.uuid}`, ".empty"]
      ] as const) {
        yield* assertAccessible(yield* go(path, until), `${path} fails`)
      }
    })
  )

  it.effect("is accessible in its questions and forms", () =>
    Effect.gen(function* () {
      const { made } = yield* Stage
      for (const [path, button, until] of [
        [`/v/${made.uuid}`, "[data-action=delete]", ".dialog .danger"],
        ["/console/lives", "#go-live", "[name=rtmpUrl]"],
        ["/console/runners", "#new-token", ".dialog [name=labels]"],
        ["/console/videos", ".options summary", ".options[open]"]
      ] as const) {
        const tab = yield* go(path, button)
        yield* tab.click(button)
        yield* tab.until(seen(until))
        yield* assertAccessible(tab, `${button} of ${path}`)
      }
    })
  )
}
