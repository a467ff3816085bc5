import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { endpoints } from "@runner-connector/core/protocol"
import { Effect } from "effect"
import { aHeldJob } from "./arrange.ts"
import { type Answer, assertDone, assertProblem } from "./client.ts"
import { administratorRows } from "./table/administrators.ts"
import { fileRows } from "./table/files.ts"
import { heldJobRows } from "./table/heldJobs.ts"
import type { Row } from "./table/Row.ts"
import { runnerRows } from "./table/runners.ts"
import type { WireCases } from "./WireServer.ts"

const rows: ReadonlyArray<Row> = [...runnerRows, ...heldJobRows, ...fileRows, ...administratorRows]

const assertAnswer = ({ code, status }: Row, answer: Answer): void => {
  if (status >= 400) assertProblem(answer, status, code)
  else if (status === 204) assertDone(answer)
  else assert.strictEqual(answer.status, status, answer.text)
}

const holds = (row: Row) =>
  Effect.gen(function* () {
    const held = yield* aHeldJob(row.job)
    yield* row.before?.(held) ?? Effect.void
    const jobs = yield* JobStore.JobStore
    const before = yield* jobs.family(held.id)
    assertAnswer(row, yield* row.ask(held))
    const after = yield* jobs.family(held.id)
    if (row.becomes === undefined) deepStrictEqual(after, before)
    else deepStrictEqual(after[0]?.state ?? "gone", row.becomes)
  })

/** The table of statuses: of every endpoint, in which situation it answers what, and what becomes of the job. */
export const statusCases: WireCases = (it) => {
  for (const row of rows) {
    const { becomes, code, endpoint, situation, status } = row
    const outcome = [status, code, becomes].filter((part) => part !== undefined).join(" ")
    it.effect(`${endpoint}, when ${situation}: ${outcome}`, () => holds(row))
  }

  it.effect("the table has rows of every endpoint, and none twice", () =>
    Effect.sync(() => {
      deepStrictEqual(
        [...new Set(rows.map(({ endpoint }) => endpoint))].sort(),
        endpoints.map(({ name }) => name).sort()
      )
      assert.strictEqual(new Set(rows.map(({ endpoint, situation }) => `${endpoint} ${situation}`)).size, rows.length)
      console.info(`The table of statuses has ${rows.length} rows.`)
    })
  )
}
