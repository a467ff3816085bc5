import { execFile } from "node:child_process"
import { access, cp, lstat, readdir } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { temporaryFolder } from "./support/workspace.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

const LIMIT = 200 * 1024 * 1024

const made = new Set(["node_modules", "dist", ".git", ".data"])

/** The files of a new clone. */
const copySources = (folder: string) =>
  Effect.promise(() =>
    cp(root, folder, {
      recursive: true,
      filter: (path) =>
        !relative(root, path)
          .split(sep)
          .some((name) => made.has(name))
    })
  )

const run = (folder: string, program: string) =>
  Effect.promise(() => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME }
    return promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd: folder, env })
  })

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
      yield* copySources(folder)
      yield* run(folder, 'import { setup } from "./scripts/setup.mjs"; setup("server")')
      yield* run(folder, 'import { buildConsole } from "./scripts/console.mjs"; await buildConsole()')
      assert.include(yield* Effect.promise(() => readdir(join(folder, "packages/console/dist/app"))), "index.html")
      assert.isBelow(yield* Effect.promise(() => sizeOf(join(folder, "node_modules"))), LIMIT)
      yield* run(folder, 'import { setup } from "./scripts/setup.mjs"; setup("all")')
      yield* Effect.promise(() => access(join(folder, "node_modules/effect/dist/dts/Effect.d.ts")))
    }),
  300_000
)
