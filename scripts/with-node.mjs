// Runs a command with another version of Node: `node scripts/with-node.mjs 24 npm test`. The version comes from the npm
// package with the binary for this platform. Uses the installed Node if its version matches.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fail, root } from "./setup.mjs"

const isWindows = process.platform === "win32"
const [version, command, ...args] = process.argv.slice(2)
if (version === undefined || command === undefined) fail("Usage: node scripts/with-node.mjs <version> <command> …")

const run = (program, options, more) => {
  const { error, status } = spawnSync(program, options, { stdio: "inherit", shell: isWindows, ...more })
  if (error) fail(`${program} could not be started: ${error.message}`)
  return status ?? 1
}

/** Returns the path of the binary. Downloads it when it is not in the cache. */
const fetchNode = () => {
  const name = `node-${isWindows ? "win" : process.platform}-${process.arch}`
  const folder = join(root, "node_modules", ".cache", `node-${version}`)
  const program = join(folder, "node_modules", name, "bin", isWindows ? "node.exe" : "node")
  if (!existsSync(program)) {
    console.error(`Downloading Node ${version} …`)
    mkdirSync(folder, { recursive: true })
    const quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if (run("npm", ["install", ...quiet, "--prefix", folder, `${name}@${version}`]) !== 0 || !existsSync(program)) {
      fail(`Node ${version} could not be downloaded for ${process.platform} on ${process.arch}; see above.`)
    }
  }
  return program
}

const program = process.versions.node.split(".")[0] === version ? process.execPath : fetchNode()
const path = [dirname(program), process.env.PATH].join(delimiter)
process.exit(run(command, args, { env: { ...process.env, PATH: path } }))
