import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Cause, Effect, Logger } from "effect"
import { describe } from "vitest"
import { prettyLine } from "../../examples/server/src/logging/prettyLine.ts"
import { api } from "./support/Api.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { loggedSecrets } from "./support/loggedSecrets.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const R = "/api/v1/runners"

/** The JSON entries in the output, which also has announcements. */
const entriesIn = (log: string): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))

describe("the search for tokens in logs", () => {
  it("finds every kind of token, and no announcement", () => {
    const id = "0a1b2c3d-0000-4000-8000-000000000000"
    const own = { dataDir: "/nowhere", env: { ADMIN_TOKEN: "the-operator's-own" } }
    const leaks = [`ptrt-${id}`, `ptrrt-${id}`, `ptrjt-${id}`, "whsec_c2VjcmV0c2VjcmV0", "?token=1a~e30~c2lnbmF0dXJl"]
    for (const leak of leaks) deepStrictEqual(loggedSecrets(`level=INFO message="${leak}"`, own), [leak])
    deepStrictEqual(loggedSecrets("the-operator's-own", own), ["the-operator's-own"])
    deepStrictEqual(loggedSecrets(`Registration token for runners (shown only now): ptrrt-${id}`, own), [])
  })
})

describe("the log for people", () => {
  it.effect("has one line for each entry, with its facts", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const keep = (isColoured: boolean) =>
        Logger.replace(
          Logger.defaultLogger,
          Logger.make((entry) => void lines.push(prettyLine(entry, isColoured)))
        )
      const entry = Effect.logInfo("A job\nis pending").pipe(
        Effect.annotateLogs({ job: "1a", name: "two words\u001b[2J\n", attempts: 2 })
      )
      yield* Effect.provide(entry, keep(false))
      yield* Effect.provide(entry, keep(true))
      yield* Effect.provide(Effect.logWarning("No answer", Cause.fail(new Error("the reason"))), keep(false))
      const [plain = "", coloured = "", warning = ""] = lines
      assert.match(plain, /^00:00:00\.000 INFO {2}A job is pending {2}/)
      for (const fact of ["job=1a", "attempts=2", 'name="two words\\u001b[2J\\n"']) assert.include(plain, `  ${fact}`)
      assert.lengthOf(plain.split("\n"), 1)
      assert.include(coloured, "\u001b[32mINFO \u001b[0m A job is pending")
      assert.match(warning, /^00:00:00\.000 WARN {2}No answer\n.*the reason/)
    })
  )
})

describe("the log of the server", () => {
  it.scopedLive(
    "has one JSON object for each change and each request, and no token",
    () =>
      Effect.gen(function* () {
        const dataDir = join(yield* temporaryFolder, "data")
        const env = { LOCAL_RUNNER: "off", LOG_FORMAT: "json", ACCESS_LOG: "on" }
        const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
        const registrationToken = yield* ExampleServer.registrationToken(server)
        const { send } = api(server.url)
        const post = (path: string, body: unknown) =>
          send(`${R}/${path}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body)
          })
        const { runnerToken } = JSON.parse((yield* post("register", { name: "mine", registrationToken })).text)
        yield* post("unregister", { runnerToken })
        yield* send("/videos/nothing/playlists/../x?token=1a~e30~c2lnbmF0dXJl")
        const log = yield* until("both runner events are logged", server.log, (text) => text.includes("runner.removed"))
        const entries = entriesIn(log)
        const events = entries.flatMap(({ annotations }) => {
          const { event, name, runner } = annotations as Readonly<Record<string, string>>
          return event === undefined ? [] : [{ event, name, runner }]
        })
        deepStrictEqual(
          events.filter(({ event }) => event !== "runner.online" && event !== "runner.offline"),
          [
            { event: "runner.registered", name: "mine", runner: "1" },
            { event: "runner.removed", name: "mine", runner: "1" }
          ]
        )
        const requests = entries.filter(({ message }) => message === "HTTP request")
        assert.includeDeepMembers(
          requests.map(({ annotations }) => {
            const { method, path, status } = annotations as Readonly<Record<string, unknown>>
            return { method, path, status }
          }),
          [{ method: "POST", path: `${R}/register`, status: 200 }]
        )
      }),
    300_000
  )
})
