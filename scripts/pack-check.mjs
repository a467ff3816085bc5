// Packs every package as for publishing, checks the tarballs with publint and attw, installs them with their peers in an empty
// folder and imports every entry there. Only this check finds files that are missing from a tarball or from `exports`.
// The contracts are run there, too, against a good adapter and against a broken one.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { installIn, optionalPeers, packAll, packages, readManifest, run } from "./pack.mjs"
import { checkContracts } from "./pack-contracts.mjs"
import { fail, setup, setupTools, toolsFolder } from "./setup.mjs"

/** Returns the problems that publint reports about a tarball, one line each, including suggestions. */
const lint = async (tarball) => {
  const { publint } = await import("publint")
  const { formatMessage } = await import("publint/utils")
  const { buffer, byteLength, byteOffset } = readFileSync(tarball)
  const { messages, pkg } = await publint({ pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) } })
  return messages.map((message) => `${pkg.name}: ${formatMessage(message, pkg, { color: false })}`)
}

/** Returns what `attw` reports about a tarball. The packages have no CommonJS, so that resolution is not checked. */
const resolveTypes = (tarball) => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [
      join(toolsFolder, "node_modules/@arethetypeswrong/cli/dist/index.js"),
      tarball,
      "--profile",
      "esm-only",
      "--no-emoji"
    ],
    { encoding: "utf8" }
  )
  return status === 0 ? [] : [`${stdout}${stderr}`]
}

const entriesOf = ({ exports, name }) => Object.keys(exports).map((entry) => name + entry.slice(1))

const usesCore = `
import { FileKey, FrameRates, RunnerConnector, TranscodingSettings } from "@runner-connector/core"
if (FileKey.isFileKey("../x")) throw new Error("FileKey accepts a path outside the storage")
if (RunnerConnector.layer === undefined) throw new Error("no layer")
if (typeof FrameRates.outputFps !== "function" || TranscodingSettings.defaults.maxFailures !== 5) throw new Error("domain")
`

const usesConsole = `
import { make } from "@runner-connector/console"
const site = make({ path: "/console" })
const page = site.handle(new Request("http://localhost/console/"))
const [, script] = /src="\\.\\/(assets[^"]+)"/.exec(await page.text()) ?? []
const { status } = site.handle(new Request("http://localhost/console/" + script))
if (page.status !== 200 || status !== 200) throw new Error("The packed console misses its pages")
`

const importsAll = (entries) => `
for (const entry of ${JSON.stringify(entries)}) {
  const names = Object.keys(await import(entry))
  if (names.length === 0) throw new Error(entry + " exports nothing")
}
console.log("All ${entries.length} entries of the packed packages work.")
`

setup()
const folder = mkdtempSync(join(tmpdir(), "runner-connector-pack-"))
try {
  console.error("Building and packing …")
  const tarballs = packAll(folder)
  console.error("Checking the tarballs with publint …")
  const problems = (await Promise.all(tarballs.map(lint))).flat()
  if (problems.length > 0) fail(problems.join("\n"))
  console.error("Checking their types with attw …")
  setupTools()
  const untyped = tarballs.flatMap(resolveTypes)
  if (untyped.length > 0) fail(untyped.join("\n"))
  console.error("Installing them in an empty folder …")
  const consumer = join(folder, "consumer")
  installIn(
    consumer,
    tarballs.filter((path) => !/runner-connector-contracts-/.test(path)),
    optionalPeers()
  )
  // Only vitest can import the contracts.
  const programs = packages.filter(({ name }) => name !== "contracts")
  const entries = programs.flatMap(({ source }) => entriesOf(readManifest(source)))
  writeFileSync(join(consumer, "main.mjs"), usesCore + usesConsole + importsAll(entries))
  process.stdout.write(run(process.execPath, ["main.mjs"], consumer))
  for (const command of ["runner-connector-runner", "runner-connector"]) {
    const version = run(join(consumer, "node_modules", ".bin", command), ["--version"], consumer)
    console.log(`The command ${command} ${version.trim()} works.`)
  }
  console.error("Running a contract from its tarball …")
  checkContracts(join(folder, "contracts-consumer"), tarballs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
