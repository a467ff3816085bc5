// Makes sure that what the other scripts need is installed. Runs on a machine that has Node and npm, and nothing else.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("..", import.meta.url))

export const PNPM = "pnpm@12.21.0"
const OLDEST_NODE = [20, 19]
const stamp = join(root, "node_modules", ".installed")

/** Ends the program with a sentence that says what to do. */
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

const isInstalled = (wanted) => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted

/** Installs the dependencies, unless they are installed as the lockfile says already. */
export const setup = () => {
  checkNode()
  const wanted = fingerprint()
  if (isInstalled(wanted)) return
  console.error("Installing dependencies (once; about 130 MB) …")
  const install = spawnSync("npx", ["--yes", PNPM, "install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    // Without a terminal pnpm must not stop to ask whether it may replace an older node_modules.
    env: { ...process.env, CI: "true" }
  })
  if (install.error)
    fail(`npx could not be started (${install.error.message}). Install npm, which brings npx, and try again.`)
  if (install.status !== 0) {
    fail(
      "The dependencies could not be installed. See above; if the registry was not reached, check the network and try again."
    )
  }
  writeFileSync(stamp, wanted)
}
