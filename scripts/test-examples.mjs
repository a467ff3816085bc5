// Packs all packages, installs each example from them outside the workspace with npm and with pnpm, compiles it, and runs it:
// a runner registers, transcodes one video, and the result is played. `-- express next` selects examples.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../test/fixtures/freePort.mjs"
import { copyExample, install, managers, tarballsByName } from "./examples/installing.mjs"
import { openConsole, play, playable, upload, watchPage } from "./examples/playing.mjs"
import { runAsync, startProgram } from "./examples/processes.mjs"
import { installIn, packAll } from "./pack.mjs"
import { fail, root, setup } from "./setup.mjs"

const clip = join(root, "packages", "contracts", "media", "faststart.mp4")

const ADMIN_TOKEN = "the-administrators-token"

/** How each example is started, after its build. `transcodes`: without a further runner. */
const examples = {
  "first-site": { start: ["site.mjs"], page: true, transcodes: true },
  express: { console: { path: "/admin/videos-console", api: "/admin/videos-api" } },
  fastify: {},
  hono: {},
  next: { start: ["node_modules/next/dist/bin/next", "start"] },
  "plain-node": { alone: "dist/once.js" },
  effect: {},
  minimal: {}
}

/** The packed program of our runner, installed once. It registers at one example after the other. */
const installRunner = async (folder, tarballs) => {
  const names = ["core", "ffmpeg", "local-runner", "protocol"]
  const needed = Object.entries(tarballs).filter(([name]) => names.some((one) => name === `@runner-connector/${one}`))
  installIn(
    folder,
    needed.map(([, path]) => path.slice("file:".length)),
    [],
    { optional: true }
  )
  return join(folder, "node_modules", "@runner-connector", "local-runner", "dist", "program", "main.js")
}

const startRunner = (runner, { folder, name, origin, token }) => {
  const registration = ["--url", origin, "--registration-token", token, "--name", name]
  // The job of the console may still run when the server has ended.
  const ending = ["--drain-timeout", "1 second"]
  return startProgram([runner, ...registration, ...ending, "--work-directory", join(folder, "runner")], folder, {})
}

const tryExample = async (name, manager, { folder, runner }) => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const program = startProgram(examples[name].start ?? ["dist/main.js"], folder, {
    PORT: String(port),
    PUBLIC_URL: origin,
    ADMIN_TOKEN
  })
  const upToPlayback = async () => play(await playable(origin, await upload(origin, clip)))
  try {
    if (examples[name].transcodes) {
      await program.says(/^Open /m)
      await upToPlayback()
      if (examples[name].page) await watchPage(origin, clip)
    } else {
      const [, token] = await program.says(/(ptrrt-[\w-]+)/)
      const worker = startRunner(runner, { origin, token, name: `${name}-${manager}`, folder })
      try {
        await upToPlayback()
        if (examples[name].console !== undefined) await openConsole(origin, examples[name].console, ADMIN_TOKEN, clip)
        // While the runner is connected. Next.js owns its server, so the connector cannot hang up there.
        if (name !== "next") await program.stop()
      } finally {
        await worker.stop()
      }
    }
  } catch (error) {
    error.message += `\nThe output of ${name}:\n${program.output()}`
    throw error
  } finally {
    await program.stop()
  }
}

/** A program that hands in the clip, is called back, plays and ends, all by itself. */
const runAlone = async (program, folder) => {
  const output = await runAsync(process.execPath, [program, clip], folder, { PORT: String(await freePort()) })
  if (!/^Published #EXTM3U/m.test(output)) throw new Error(`${program} did not play: ${output}`)
}

const timed = async (what, work) => {
  const begin = performance.now()
  await work()
  console.error(`${what} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
}

setup()
const wanted = process.argv.slice(2).filter((name) => name in examples)
const names = wanted.length > 0 ? wanted : Object.keys(examples)
const folder = mkdtempSync(join(tmpdir(), "runner-connector-examples-"))
const faults = []
try {
  let tarballs
  let runner
  await timed("Packed.", async () => {
    tarballs = tarballsByName(packAll(join(folder, "packages")))
    runner = await installRunner(join(folder, "runner"), tarballs)
  })
  const tryAll = async (manager) => {
    for (const name of names) {
      const place = join(folder, manager, name)
      await timed(`${name}, installed by ${manager}, transcodes and plays.`, async () => {
        copyExample(name, place, tarballs)
        await install(manager, place)
        await runAsync("npm", ["run", "--silent", "--if-present", "build"], place)
        await tryExample(name, manager, { folder: place, runner })
        if (examples[name].alone !== undefined) await runAlone(examples[name].alone, place)
      })
    }
  }
  // Side by side, because each waits for its registry, its disk and its runner most of the time.
  const ends = await Promise.allSettled(managers.map(tryAll))
  for (const end of ends) if (end.status === "rejected") faults.push(end.reason.message)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (faults.length > 0) fail(faults.join("\n\n"))
