import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Logger, LogLevel, Redacted } from "effect"
import { api } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { seen } from "./support/page.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const COUNT = 10_000

/** More than fit on the screen, and the few around them. */
const MOST_ROWS = 60

/** Inserts published copies of the only video. */
const insertCopies = (url: Redacted.Redacted<string>) =>
  Effect.provide(
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const names = yield* sql<{ readonly name: string }>`SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = 'runner_connector' AND table_name = 'video' AND is_generated = 'NEVER'`
      const columns = sql.literal(names.map(({ name }) => name).join(", "))
      yield* sql`INSERT INTO runner_connector.video (${columns}) OVERRIDING USER VALUE SELECT ${columns} FROM (
        SELECT (jsonb_populate_record(video, jsonb_build_object('id', gen_random_uuid(), 'title', 'Film ' || n,
          'destination', 'videos/copy-' || n, 'state', 'Published', 'ended_at', now()))).*
        FROM runner_connector.video, generate_series(1, ${COUNT}) AS n
      ) AS copy`
    }),
    PgClient.layer({ url, maxConnections: 1 })
  )

/** The page of a server with one uploaded video and its copies. */
const openLibrary = (program: string) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { url } = yield* EmbeddedPostgres.start({ directory: join(folder, "postgres"), fsync: false })
    const env = { DATABASE_URL: Redacted.value(url), LOCAL_RUNNER: "off" }
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port: yield* freePort, env })
    yield* api(server.url).upload(fixture("moov-last.mp4"))
    yield* insertCopies(url)
    const tab = yield* Browser.open(program, `${server.url}/console/videos?view=list`)
    yield* tab.until(`document.querySelector("#count")?.textContent === "10,001"`)
    return tab
  })

const items = `document.querySelectorAll("[role=listitem]")`
const isLoaded = `(${items}.length > 0 && document.querySelector(".placeholder") === null)`

/** Scrolls through the whole list, one step for each picture, and returns the largest number of rows in the page. */
const sweep = `(async () => {
  let most = 0
  for (let step = 0; step <= 150; step += 1) {
    scrollTo(0, document.documentElement.scrollHeight * step / 150)
    await new Promise(requestAnimationFrame)
    most = Math.max(most, ${items}.length)
  }
  return most
})()`

const assertLast = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    const most = Number(yield* tab.evaluate(sweep))
    assert.isAbove(most, 5)
    assert.isAtMost(most, MOST_ROWS)
    yield* tab.until(`${isLoaded} && [...${items}].at(-1).ariaPosInSet === "10001"`)
    yield* tab.until(`[...${items}].at(-1).querySelector(".card-title").textContent === "clip.mp4"`)
  })

if (Browser.chromium === undefined) {
  it("ten thousand videos need Chromium", () => console.warn("LEFT OUT: 10,000 videos. There is no Chromium on PATH."))
} else {
  const program = Browser.chromium
  it.scopedLive(
    "ten thousand videos are scrolled and searched with few rows in the page",
    () =>
      Effect.gen(function* () {
        const tab = yield* openLibrary(program)
        yield* assertLast(tab)
        yield* tab.evaluate(`scrollTo(0, document.documentElement.scrollHeight / 2)`)
        yield* tab.until(`${isLoaded} && Math.abs(Number(${items}[0].ariaPosInSet) - 5000) < 100`)

        yield* tab.evaluate(`document.querySelector("input[type=search]").focus()`)
        yield* tab.send("Input.insertText", { text: "film 7777" })
        yield* tab.until(`location.search.includes("film") && ${items}.length === 1`)
        yield* tab.until(`document.querySelector(".card-title")?.textContent === "Film 7777"`)
        assert.strictEqual(yield* tab.evaluate(`document.querySelector("#count")?.textContent`), "1")

        yield* tab.evaluate(`document.querySelector("[aria-pressed=false]").click()`)
        yield* tab.until(seen(".card"))
        yield* tab.evaluate(`document.querySelector("input[type=search]").select()`)
        yield* tab.send("Input.insertText", { text: "film" })
        yield* tab.until(`document.querySelector("#count")?.textContent === "10,000"`)
        const most = Number(yield* tab.evaluate(sweep))
        assert.isAtMost(most, MOST_ROWS)
        yield* tab.until(`${isLoaded} && [...${items}].at(-1).ariaPosInSet === "10000"`)
      }).pipe(Effect.provide(Logger.minimumLogLevel(LogLevel.Warning))),
    300_000
  )
}
