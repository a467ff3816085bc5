import { lstatSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, assertPublished } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

/** Copies of PostgreSQL's programs. Another user may have to run them. */
const PROGRAMS = "runner-connector-binaries"

/** The entries below the folder, and the folder itself, that others than the owner may read. */
const openToOthers = (folder: string): ReadonlyArray<string> =>
  ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })]
    .filter((name) => !name.includes(PROGRAMS))
    .flatMap((name) => {
      const { mode } = lstatSync(join(folder, name))
      return (mode & 0o077) === 0 ? [] : [`${name} ${(mode & 0o777).toString(8)}`]
    })

it.scopedLive(
  "files of the server and its runner are readable by their owner only",
  () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "below", "data")
      const server = yield* ExampleServer.launch({ dataDir, port: yield* freePort })
      yield* until("the server works", server.log, (log) => log.includes("drop a video"))
      const client = api(server.url)
      const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
      assertPublished(yield* client.settled(uuid), [180])
      yield* server.stop()
      assert.isAbove(readdirSync(join(dataDir, "storage", "videos"), { recursive: true }).length, 2)
      deepStrictEqual(openToOthers(dataDir), [])
      deepStrictEqual(openToOthers(join(dataDir, "..")), [])
    }),
  300_000
)
