// Runs each test once unchanged, and then once for each mutant that the plan assigns to it.
import { appendFileSync, readFileSync } from "node:fs"
import { TestRunner } from "vitest"
import { getFn } from "vitest/suite"
import "./switch.mjs"

const { assigned, log } = JSON.parse(readFileSync(process.env.MUTATION_PLAN, "utf8"))
const state = globalThis.__mutation

const write = (line) => appendFileSync(log, `${JSON.stringify({ worker: process.pid, at: Date.now(), ...line })}\n`)

/** Other workers kill mutants as well. */
const killed = () =>
  new Set(
    readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes('"killed"'))
      .map((line) => JSON.parse(line).killed)
  )

const nameOf = (task) => (task.suite?.name ? `${nameOf(task.suite)} > ${task.name}` : task.name)

/** Ends with the test or after the time limit. In the latter case the mutant has made the test hang. */
const outcome = async (run, limit) => {
  let timer
  const late = new Promise((done) => {
    timer = setTimeout(done, limit, "hangs")
  })
  const end = Promise.resolve()
    .then(run)
    .then(
      () => "passes",
      () => "fails"
    )
  const found = await Promise.race([end, late])
  clearTimeout(timer)
  return found
}

export default class MutationRunner extends TestRunner {
  async runTask(test) {
    const run = getFn(test)
    const key = `${test.file.name} > ${nameOf(test)}`
    state.reached.clear()
    state.isTesting = true
    const begun = performance.now()
    await run()
    const took = performance.now() - begun
    if (assigned === undefined) {
      write({ test: key, file: test.file.name, took, reached: [...state.reached], imported: [...state.imported] })
      state.imported.clear()
    } else {
      await this.runMutants(run, key, took)
    }
    state.isTesting = false
  }

  async runMutants(run, key, took) {
    const gone = killed()
    for (const id of (assigned[key] ?? []).filter((id) => !gone.has(id))) {
      write({ begun: id })
      state.active = id
      const found = await outcome(run, Math.max(3_000, took * 20))
      state.active = undefined
      write(found === "passes" ? { survived: id, test: key } : { killed: id, how: found, test: key })
    }
  }
}
