// Packs every package as for publishing, checks the tarballs with publint, installs them with their peers in an empty
// folder and imports every entry there. Only this check finds files that are missing from a tarball or from `exports`.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fail, PNPM, root, setup } from "./setup.mjs"

const packages = readdirSync(join(root, "packages")).map((name) => ({ name, source: join(root, "packages", name) }))

const run = (command, args, cwd) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32"
  })
  if (error || status !== 0) {
    fail(
      `${command} ${args.join(" ")} failed in ${cwd}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`
    )
  }
  return stdout
}

const readManifest = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** Packs a package into its own folder and returns the tarball's path. */
const pack = (packageFolder, folder) => {
  mkdirSync(folder)
  run("npx", ["--yes", PNPM, "pack", "--pack-destination", folder], packageFolder)
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  if (tarball === undefined) fail(`pnpm pack left no tarball in ${folder}.`)
  return join(folder, tarball)
}

/** Returns the problems that publint reports about a tarball, one line each, including suggestions. */
const lint = async (tarball) => {
  const { publint } = await import("publint")
  const { formatMessage } = await import("publint/utils")
  const { buffer, byteLength, byteOffset } = readFileSync(tarball)
  const { messages, pkg } = await publint({ pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) } })
  return messages.map((message) => `${pkg.name}: ${formatMessage(message, pkg, { color: false })}`)
}

const entriesOf = ({ exports, name }) => Object.keys(exports).map((entry) => name + entry.slice(1))

const usesCore = `
import { FileKey, FrameRates, RunnerConnector, TranscodingSettings } from "@runner-connector/core"
if (FileKey.isFileKey("../x")) throw new Error("FileKey accepts a path outside the storage")
if (RunnerConnector.layer === undefined) throw new Error("no layer")
if (typeof FrameRates.outputFps !== "function" || TranscodingSettings.defaults.maxFailures !== 5) throw new Error("domain")
`

const importsAll = (entries) => `
for (const entry of ${JSON.stringify(entries)}) {
  const names = Object.keys(await import(entry))
  if (names.length === 0) throw new Error(entry + " exports nothing")
}
console.log("All ${entries.length} entries of the packed packages work.")
`

setup()
console.error("Building …")
// Removes files of an older build, which would be published otherwise.
for (const { source } of packages) rmSync(join(source, "dist"), { recursive: true, force: true })
run(process.execPath, [join(root, "scripts", "run.mjs"), "build"], root)
const folder = mkdtempSync(join(tmpdir(), "runner-connector-pack-"))
try {
  console.error("Packing …")
  const tarballs = packages.map(({ name, source }) => pack(source, join(folder, name)))
  console.error("Checking the tarballs with publint …")
  const problems = (await Promise.all(tarballs.map(lint))).flat()
  if (problems.length > 0) fail(problems.join("\n"))
  console.error("Installing them in an empty folder …")
  const consumer = join(folder, "consumer")
  mkdirSync(consumer)
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  // The optional programs, PostgreSQL and ffmpeg.wasm, are not needed here and are large.
  run("npm", ["install", "--omit=optional", "--no-audit", "--no-fund", "--silent", ...tarballs], consumer)
  const entries = packages.flatMap(({ source }) => entriesOf(readManifest(source)))
  writeFileSync(join(consumer, "main.mjs"), usesCore + importsAll(entries))
  process.stdout.write(run(process.execPath, ["main.mjs"], consumer))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
