// Packs the core as it would be published, installs it with its peers in an empty folder, and uses it there: what is
// missing from the tarball or from `exports` shows here and nowhere else.
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
console.log("The packed core works:", endpoints.length, "endpoints")
`

setup()
const folder = mkdtempSync(join(tmpdir(), "runner-connector-pack-"))
const consumer = join(folder, "consumer")
try {
  console.error("Building …")
  run(process.execPath, [join(root, "scripts", "run.mjs"), "build"], root)
  console.error("Packing the core …")
  run("npx", ["--yes", PNPM, "pack", "--pack-destination", folder], join(root, "packages", "core"))
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  if (tarball === undefined) fail(`pnpm pack left no tarball in ${folder}.`)
  console.error("Installing it in an empty folder …")
  mkdirSync(consumer)
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", join(folder, tarball)], consumer)
  writeFileSync(join(consumer, "main.mjs"), program)
  run(process.execPath, ["main.mjs"], consumer)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
