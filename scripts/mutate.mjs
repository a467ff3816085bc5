// Mutation testing: changes `domain`, `usecases` and the ports in memory of the core in one place at a time and counts the
// changes that some test detects. `npm run mutate -- video/removeVideo` mutates the files whose path contains this text.
// `--sample 200 --seed 1` tries that many mutants. `--again` tries those that survived the last run. `--tests 400` runs at
// most that many tests against each. `--against packages/core/test/domain` uses only these tests, and may be repeated.
// `--workers 2` uses two processes. The slow property test is excluded, and `mutation/equivalent.json` lists changes
// without an effect. `npm run mutate -- ports/memory --against packages/core/test/stores.test.ts` tries the contracts.
import { spawn } from "node:child_process"
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { withoutEquivalent } from "./mutation/equivalent.mjs"
import { mutantsOf } from "./mutation/mutants.mjs"
import { takeNext, testsOf } from "./mutation/order.mjs"
import { report } from "./mutation/report.mjs"
import { root } from "./setup.mjs"

const FOLDERS = ["packages/core/src/domain", "packages/core/src/usecases", "packages/core/src/ports/memory"]
const LOOPS_AFTER = 30_000
/** Most mutants are detected by one of the first tests, so few reach the later rounds. */
const ROUNDS = [6, 40]

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: "boolean", default: false },
    against: { type: "string", multiple: true, default: ["packages/core/test"] },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    tests: { type: "string", default: "400" },
    workers: { type: "string", default: "2" }
  }
})

const folder = join(root, "node_modules", ".cache", "mutation")
const log = join(folder, "log.jsonl")
const planFile = join(folder, "plan.json")
const survivorsFile = join(folder, "survivors.json")

const sourcesIn = (path) =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const below = `${path}/${entry.name}`
    if (entry.isDirectory()) return sourcesIn(below)
    return below.endsWith(".ts") && (positionals.length === 0 || positionals.some((part) => below.includes(part)))
      ? [below]
      : []
  })

/** A generator of numbers from 0 to 1 that repeats for the same seed. (Mulberry32.) */
const randomFrom = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const sampleOf = (mutants) => {
  if (values.sample === undefined) return mutants
  const random = randomFrom(Number(values.seed))
  const shuffled = mutants.map((mutant) => ({ mutant, key: random() })).sort((one, other) => one.key - other.key)
  return shuffled.slice(0, Number(values.sample)).map(({ mutant }) => mutant)
}

const write = (entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`)

const readLog = () =>
  readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))

/** Returns the mutants that a worker started long ago and has not finished. They loop without yielding. */
const looping = () => {
  const last = new Map(readLog().map((entry) => [entry.worker, entry]))
  return [...last.values()].filter(({ at, begun }) => begun !== undefined && Date.now() - at > LOOPS_AFTER)
}

/** Runs Vitest. Kills it when mutants loop, and returns them. */
const runTests = (plan, files) =>
  new Promise((done) => {
    writeFileSync(planFile, JSON.stringify({ ...plan, log }))
    const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "scripts/mutation/vitest.config.mjs"]
    const child = spawn(process.execPath, [...args, "--reporter=dot", ...files], {
      cwd: root,
      detached: true,
      stdio: "ignore",
      env: { ...process.env, MUTATION_PLAN: planFile, MUTATION_WORKERS: values.workers }
    })
    let loops = []
    const watch = setInterval(() => {
      loops = looping()
      if (loops.length > 0) process.kill(-child.pid, "SIGKILL")
    }, 2_000)
    child.on("exit", () => {
      clearInterval(watch)
      done(loops)
    })
  })

/** The mutants that remain according to the log. */
const remaining = (assigned) => {
  const entries = readLog()
  const killed = new Set(entries.flatMap(({ killed }) => killed ?? []))
  const survived = new Set(
    entries.flatMap(({ survived, test }) => (survived === undefined ? [] : `${survived} ${test}`))
  )
  const left = Object.entries(assigned).map(([test, ids]) => [
    test,
    ids.filter((id) => !killed.has(id) && !survived.has(`${id} ${test}`))
  ])
  return Object.fromEntries(left.filter(([, ids]) => ids.length > 0))
}

const tryMutants = async (plan, assigned, fileOf) => {
  for (let left = remaining(assigned); Object.keys(left).length > 0; left = remaining(left)) {
    const files = new Set(Object.keys(left).map((test) => fileOf.get(test)))
    const loops = await runTests({ ...plan, assigned: left }, [...files])
    if (loops.length === 0) return
    for (const { begun, worker } of loops) write({ worker, killed: begun, how: "loops" })
  }
}

mkdirSync(folder, { recursive: true })
writeFileSync(log, "")
const paths = FOLDERS.flatMap(sourcesIn)
const all = withoutEquivalent(paths.flatMap((path) => mutantsOf(path, readFileSync(join(root, path), "utf8"))))
const before = new Set(values.again ? JSON.parse(readFileSync(survivorsFile, "utf8")) : [])
const mutants = sampleOf(values.again ? all.filter(({ id }) => before.has(id)) : all)
const plan = { mutated: paths, chosen: mutants.map(({ id }) => id) }
console.log(`${mutants.length} mutants in ${paths.length} files. Finding the tests that reach them …`)
await runTests(plan, values.against)
const entries = readLog()
const reaching = testsOf(entries)
const imported = new Set(entries.flatMap(({ imported }) => imported))
const fileOf = new Map(entries.map(({ file, test }) => [test, file]))
console.log(`${entries.length} tests reach ${reaching.size} of them. Running them against the mutants …`)
writeFileSync(log, "")
let done = 0
for (const end of [...ROUNDS, Number(values.tests)]) {
  await tryMutants(plan, takeNext(reaching, end - done, readLog()), fileOf)
  done = end
}
const killed = new Set(readLog().flatMap(({ killed }) => killed ?? []))
writeFileSync(survivorsFile, JSON.stringify(report(mutants, { imported, killed, reaching })))
