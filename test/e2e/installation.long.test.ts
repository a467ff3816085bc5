import { access, lstat, readdir } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { copySources, runModule } from "./support/clone.ts"
import { temporaryFolder } from "./support/workspace.ts"

const LIMIT = 200 * 1024 * 1024

/** The bytes on disk. A file with several names counts once, as `du` counts it. */
const sizeOf = async (folder: string, counted = new Set<number>()): Promise<number> => {
  let size = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) size += await sizeOf(path, counted)
    const { blocks, ino } = await lstat(path)
    if (!counted.has(ino)) size += blocks * 512
    counted.add(ino)
  }
  return size
}

it.scopedLive(
  "the server's installation takes less than 200 MB, can build the console, and can be completed",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "clone")
      const run = (module: string) => Effect.promise(() => runModule(folder, module))
      yield* Effect.promise(() => copySources(folder))
      yield* run('import { setup } from "./scripts/setup.mjs"; setup("server")')
      yield* run('import { buildConsole } from "./scripts/console.mjs"; await buildConsole()')
      assert.include(yield* Effect.promise(() => readdir(join(folder, "packages/console/dist/app"))), "index.html")
      assert.isBelow(yield* Effect.promise(() => sizeOf(join(folder, "node_modules"))), LIMIT)
      yield* run('import { setup } from "./scripts/setup.mjs"; setup("all")')
      yield* Effect.promise(() => access(join(folder, "node_modules/effect/dist/dts/Effect.d.ts")))
    }),
  300_000
)
