// Packs core and protocol as they would be published, installs them with their peers in an empty folder, and imports
// them there. This finds files that are missing from a tarball or from `exports`.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fail, PNPM, root, setup } from "./setup.mjs"

const run = (command, args, cwd) => {
  const { error, status } = spawnSync(command, args, {
    cwd,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32"
  })
  if (error || status !== 0) fail(`${command} ${args.join(" ")} failed in ${cwd}; see above.`)
}

const program = `
import { FileKey, FrameRates, RunnerConnector, TranscodingSettings } from "@runner-connector/core"
import { endpoints } from "@runner-connector/protocol"
if (endpoints.length === 0) throw new Error("no endpoints")
if (FileKey.isFileKey("../x")) throw new Error("FileKey takes what it must refuse")
if (RunnerConnector.layer === undefined) throw new Error("no layer")
if (typeof FrameRates.outputFps !== "function" || TranscodingSettings.defaults.maxFailures !== 5) throw new Error("domain")
console.log("The packed packages work:", endpoints.length, "endpoints")
`

const packages = ["core", "protocol"]

setup()
const folder = mkdtempSync(join(tmpdir(), "runner-connector-pack-"))
const consumer = join(folder, "consumer")
try {
  console.error("Building …")
  run(process.execPath, [join(root, "scripts", "run.mjs"), "build"], root)
  for (const name of packages) {
    console.error(`Packing ${name} …`)
    run("npx", ["--yes", PNPM, "pack", "--pack-destination", folder], join(root, "packages", name))
  }
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"))
  if (tarballs.length !== packages.length) fail(`pnpm pack left ${tarballs.length} tarballs in ${folder}.`)
  console.error("Installing them in an empty folder …")
  mkdirSync(consumer)
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--silent", ...tarballs.map((name) => join(folder, name))],
    consumer
  )
  writeFileSync(join(consumer, "main.mjs"), program)
  run(process.execPath, ["main.mjs"], consumer)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
