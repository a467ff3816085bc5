import { join } from "node:path"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { installIn, packAll } from "../../scripts/pack.mjs"
import { Engine } from "./support/clips.ts"
import { servesTwoServers } from "./support/runnerProgramCases.ts"
import { temporaryFolder } from "./support/workspace.ts"

it.scopedLive(
  "the packed runner works in an empty folder, against real servers",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const consumer = join(folder, "consumer")
      yield* Effect.sync(() => installIn(consumer, packAll(folder, ["core", "ffmpeg", "protocol", "local-runner"])))
      yield* servesTwoServers(join(consumer, "node_modules", ".bin", "runner-connector-runner"))
    }).pipe(Effect.provide(Engine)),
  300_000
)
