import { assert, layer, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { liveCases } from "./pageCases/lives.ts"
import { playerCases } from "./pageCases/player.ts"
import * as Browser from "./support/Browser.ts"
import { filesOf } from "./support/pageFiles.ts"
import { type Cases, Server, Stage, stageIn } from "./support/pageStage.ts"

/** Comes last, because it judges what the other cases have caused. */
const complaintsCase: Cases = (it) => {
  it.effect("has caused no policy violation and no script error", () =>
    Effect.gen(function* () {
      const { tab } = yield* Stage
      const refusal = /the server responded with a status of 4\d\d|"level":"(?:verbose|info)"/
      deepStrictEqual(
        tab.complaints.filter((complaint) => !refusal.test(complaint)),
        []
      )
    })
  )
}

const browserCases = (it: Vitest.MethodsNonLive<Server, true>, program: string) =>
  it.layer(stageIn(program), { timeout: "5 minutes" })((it) => {
    playerCases(it)
    liveCases(it)
    complaintsCase(it)
  })

layer(Server.layer, { excludeTestServices: true, timeout: "5 minutes" })("the page", (it) => {
  it.effect("has all of its files and runs no other script", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const files = yield* filesOf(url)
      assert.isAbove(files.size, 20)
      for (const [address, { headers, status }] of files) {
        assert.strictEqual(status, 200, address)
        const policy = String(headers.get("content-security-policy"))
        assert.match(policy, address === `${url}/` ? /^default-src 'self'; / : /^default-src 'none'$/)
        assert.notMatch(policy, /unsafe|https?:|\*/)
      }
      const document = String(files.get(`${url}/`)?.text)
      assert.notMatch(document, /<script(?![^>]* src=)|<style|\s(?:style|on[a-z]+)=/)
    })
  )

  if (Browser.chromium !== undefined) browserCases(it, Browser.chromium)
  else console.warn("LEFT OUT: everything that the page does in a browser. There is no Chromium on PATH.")
})
