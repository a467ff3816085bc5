// Builds the console's pages into `packages/console/dist/app`, again after each change of a source.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "../packages/console/app/build.mjs"
import { fail, root } from "./setup.mjs"

const app = join(root, "packages", "console", "app")
/** The typed client, of which the pages are built as well. */
const client = join(root, "packages", "protocol", "src", "client")
const dist = join(root, "packages", "console", "dist")
const built = join(dist, "app")
const stamp = join(built, ".built")

const sourcesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? sourcesIn(path) : [path]
    })

/** Changes with the sources and with the installed packages. */
const fingerprint = () => {
  const hash = createHash("sha256").update(readFileSync(join(root, "pnpm-lock.yaml")))
  const sources = [app, client].flatMap(sourcesIn).sort()
  for (const path of sources) hash.update(path.slice(root.length)).update(readFileSync(path))
  return hash.digest("hex")
}

const isFresh = (now) => existsSync(stamp) && readFileSync(stamp, "utf8") === now

/** Moves a built folder to its place. A server that starts meanwhile finds the old one or the new one. */
const replace = (draft) => {
  const old = `${draft}-old`
  if (existsSync(built)) renameSync(built, old)
  renameSync(draft, built)
  rmSync(old, { recursive: true, force: true })
}

/** Builds the console unless it is up to date. Another process may build it at the same time. */
export const buildConsole = async () => {
  const now = fingerprint()
  if (isFresh(now)) return
  console.error("Building the console (after each change of its sources) …")
  const draft = join(dist, `app-${process.pid}`)
  mkdirSync(dist, { recursive: true })
  try {
    await build(draft)
    writeFileSync(join(draft, ".built"), now)
    replace(draft)
  } catch (error) {
    // The other process was faster.
    if (!isFresh(now)) fail(`The console could not be built. Fix the error and try again: ${error.message}`)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
