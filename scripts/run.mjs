// The project's commands: `npm start`, `npm test`, `npm run check` and the others. Each installs its dependencies
// first.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { bundled } from "./bundle.mjs"
import { buildConsole } from "./console.mjs"
import { fetchServices } from "./services.mjs"
import { fail, root, setup, setupTools, toolsFolder } from "./setup.mjs"

const bin = (name) => join(root, "node_modules", ".bin", name)

const toolBin = (name) => join(toolsFolder, "node_modules", ".bin", name)

const site = join(toolsFolder, "site")

/** TypeScript programs that run in this process, so that they receive its signals and set its exit code. */
const programs = {
  start: "examples/server/src/main.ts",
  cli: "examples/server/src/cli.ts",
  runner: "packages/local-runner/src/program/main.ts",
  bench: "bench/src/main.ts",
  simulate: "bench/src/simulate.ts",
  "docs:configuration": "examples/server/src/docs/main.ts",
  fixtures: "test/fixtures/make.mjs"
}

/** Steps, each with a line to print and a command. The first failing step ends the run. */
const tools = {
  test: [["Running the tests …", bin("vitest"), "run", "--exclude", "**/*.long.test.ts"]],
  "test:all": [["Running all tests, including the long ones …", bin("vitest"), "run"]],
  "test:services": [
    ["Running the tests against real services …", bin("vitest"), "run", "--config", "vitest.services.config.ts"]
  ],
  build: [
    ["Building all packages …", bin("tsc"), "-b", "tsconfig.json"],
    ["Writing out the types of the Promise API …", process.execPath, join(root, "scripts", "plain-types.mjs")]
  ],
  docs: [["Serving the site while the documents change …", toolBin("vitepress"), "dev", site]],
  "docs:build": [
    ["Describing the API …", toolBin("typedoc"), "--options", join(site, "typedoc.json")],
    ["Building the site …", toolBin("vitepress"), "build", site]
  ],
  "test:examples": [["Trying the examples …", process.execPath, join(root, "scripts", "test-examples.mjs")]],
  pictures: [["Making the pictures …", process.execPath, join(root, "scripts", "pictures.mjs")]],
  changeset: [["Versions …", process.execPath, join(toolsFolder, "node_modules", "@changesets", "cli", "bin.js")]],
  mutate: [["Mutating the core …", process.execPath, join(root, "scripts", "mutate.mjs")]],
  format: [["Formatting …", bin("biome"), "check", "--write", "."]],
  check: [
    ["Types …", bin("tsc"), "-b", "tsconfig.json", "tsconfig.tests.json", "examples/server"],
    ["Types of the console …", bin("tsc"), "-p", "packages/console/app"],
    ["Lint and format …", bin("biome"), "ci", "--error-on-warnings", "."],
    ["Import rules …", bin("vitest"), "run", "test/architecture"],
    ["Unused code and dependencies …", bin("knip")],
    [
      "Settings in docs/configuration.md …",
      process.execPath,
      join(root, "scripts", "run.mjs"),
      "docs:configuration",
      "--check"
    ]
  ]
}

const [name, ...rest] = process.argv.slice(2)

/**
 * npm does not forward SIGTERM through its shell, and forwards nothing when it is killed. A program that npm started
 * therefore ends when npm has ended. A program that handles the signal receives it only once, because a second one
 * would end it before its cleanup.
 */
const endWithNpm = (npm) => {
  const check = () => {
    if (process.ppid !== npm) process.kill(process.pid, "SIGTERM")
  }
  const timer = setInterval(check, 500)
  timer.unref()
  for (const signal of ["SIGINT", "SIGTERM"]) {
    if (process.listenerCount(signal) > 0) process.once(signal, () => clearInterval(timer))
  }
}

const runProgram = async (source) => {
  const parent = process.ppid
  const program = await bundled(source)
  process.argv.splice(1, process.argv.length, program, ...rest)
  await import(pathToFileURL(program).href)
  if (process.env.npm_lifecycle_event !== undefined) endWithNpm(parent)
}

const runTool = ([title, command, ...args]) =>
  new Promise((done) => {
    console.error(title)
    const child = spawn(command, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
    const forward = (signal) => child.kill(signal)
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward)
    child.on("error", (error) => fail(`${command} could not be started: ${error.message}`))
    child.on("exit", (code) => done(code ?? 1))
  })

const runTools = async (steps) => {
  for (const step of steps) {
    const code = await runTool(step === steps.at(-1) ? [...step, ...rest] : step)
    if (code !== 0) process.exit(code)
  }
}

if (!(name in programs) && !(name in tools)) {
  fail(`Unknown command ${name}. Known commands: ${Object.keys({ ...programs, ...tools }).join(", ")}.`)
}
setup(name === "start" || name === "cli" ? "server" : "all")
if (["start", "build"].includes(name)) await buildConsole()
if (name === "test:services") fetchServices()
if (["docs", "docs:build", "changeset"].includes(name)) setupTools()
await (name in programs ? runProgram(programs[name]) : runTools(tools[name]))
