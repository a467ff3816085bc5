// Installs the dependencies of the other scripts. Requires only Node and npm.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { filtersOf, wantedOptional } from "./optional.mjs"
import { removeTrimmed, trim } from "./trim.mjs"

export const root = fileURLToPath(new URL("..", import.meta.url))

export const PNPM = "pnpm@12.21.0"
const OLDEST_NODE = [20, 19]
const stamp = join(root, "node_modules", ".installed")

/** Ends the program with a message that names the problem and the remedy. */
export const fail = (sentence) => {
  console.error(`\n${sentence}`)
  process.exit(1)
}

const checkNode = () => {
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    fail(`Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE.join(".")} or newer and try again.`)
  }
}

const fingerprint = () => {
  const hash = createHash("sha256").update(process.platform).update(process.arch)
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"])
    hash.update(readFileSync(join(root, file)))
  return hash.digest("hex")
}

/** The dependency set of each command. The server needs a third of the tests' dependencies, and none of the tools. */
const sets = {
  server: {
    size: "about 75 MB",
    filter: [
      "--prod",
      "--filter-prod",
      "peertube-runner-connector",
      "--filter-prod",
      "@runner-connector/example-server...",
      // Builds the pages that the server serves.
      "--filter-prod",
      "@runner-connector/console-app"
    ]
  },
  all: { size: "about 200 MB", filter: [] }
}

/** Reads the installed sets, joined by `+`, and the lockfile that they came from. */
const installed = () => {
  const [lock, sets = ""] = existsSync(stamp) ? readFileSync(stamp, "utf8").split(" ") : []
  return { lock, sets: sets.split("+") }
}

const pnpmInstall = (options, cwd) => {
  const { error, status } = spawnSync("npx", ["--yes", PNPM, "install", ...options], {
    cwd,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    // Without a terminal pnpm must not ask whether it may replace an older node_modules.
    env: { ...process.env, CI: "true" }
  })
  if (error) fail(`npx could not be started (${error.message}). Install npm, which brings npx, and try again.`)
  if (status !== 0) {
    fail("The dependencies could not be installed. See above. If the registry was not reached, check the network.")
  }
}

const install = (filter) => {
  // The lockfile holds the checksum of every package. `--trust-lockfile` skips the check for very recent versions,
  // which downloads 90 MB of metadata and already runs when a version is changed.
  const options = ["--frozen-lockfile", "--trust-lockfile", "--reporter=append-only", ...filter]
  pnpmInstall(options, root)
}

/**
 * Installs the dependencies of a command, `server` or `all`, unless they match the lockfile already. The server also gets
 * the optional packages that the environment asks for.
 */
export const setup = (wanted = "all") => {
  checkNode()
  const lock = fingerprint()
  const before = installed()
  // Keeps a complete installation, because the smaller set would remove the tools. Keeps optional packages as well,
  // because the server may run with another environment than this command.
  const set = before.sets.includes("all") ? "all" : wanted
  const kept = before.sets.filter((name) => name !== "" && !(name in sets))
  const optional = set === "all" ? [] : [...new Set([...kept, ...wantedOptional()])].sort()
  const now = [set, ...optional]
  if (before.lock === lock && before.sets.join("+") === now.join("+")) return
  console.error(`Installing dependencies (once, ${sets[set].size}) …`)
  const modules = join(root, "node_modules")
  if (set === "all") removeTrimmed(modules)
  install([...sets[set].filter, ...filtersOf(optional)])
  if (set === "server") trim(modules)
  writeFileSync(stamp, `${lock} ${now.join("+")}`)
}

/** The folder of the tools for the site and for releases, which only their commands install. */
export const toolsFolder = join(root, "tools")

/** Installs these tools unless they match their lockfile. */
export const setupTools = () => {
  const stamp = join(toolsFolder, "node_modules", ".installed")
  const lock = createHash("sha256")
    .update(readFileSync(join(toolsFolder, "pnpm-lock.yaml")))
    .digest("hex")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return
  console.error("Installing the tools for documentation and releases (once, about 180 MB) …")
  pnpmInstall(["--frozen-lockfile", "--reporter=append-only"], toolsFolder)
  writeFileSync(stamp, lock)
}
