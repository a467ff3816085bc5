import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { aHeldJob } from "./arrange.ts"
import { type Answer, assertDone, assertProblem } from "./client.ts"
import { administratorRows } from "./table/administrators.ts"
import { fileRows } from "./table/files.ts"
import { heldJobRows } from "./table/heldJobs.ts"
import type { Row } from "./table/Row.ts"
import { runnerRows } from "./table/runners.ts"
import { webhookRows } from "./table/webhooks.ts"
import type { WireCases } from "./WireServer.ts"

const rows: ReadonlyArray<Row> = [...runnerRows, ...heldJobRows, ...fileRows, ...administratorRows, ...webhookRows]

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

const rowCases =
  (those: ReadonlyArray<Row>): WireCases =>
  (it) => {
    for (const row of those) {
      const { becomes, code, endpoint, situation, status } = row
      const outcome = [status, code, becomes].filter((part) => part !== undefined).join(" ")
      it.effect(`${endpoint}, when ${situation}: ${outcome}`, () => holds(row))
    }

    it.effect("has rows for every endpoint", () =>
      Effect.sync(() => {
        deepStrictEqual(
          [...new Set(those.map(({ endpoint }) => endpoint))].sort(),
          endpoints.map(({ name }) => name).sort()
        )
      })
    )
  }

/** The status table: for each endpoint and situation, the answer and the resulting state of the job. */
export const statusCases: WireCases = (it) => {
  rowCases(rows)(it)

  it.effect("has no duplicate rows", () =>
    Effect.sync(() => {
      assert.strictEqual(new Set(rows.map(({ endpoint, situation }) => `${endpoint} ${situation}`)).size, rows.length)
      console.info(`The table of statuses has ${rows.length} rows.`)
    })
  )
}

/** The first row of each endpoint, and all rows that succeed. */
export const endpointCases: WireCases = rowCases(
  rows.filter((row, at) => row.status < 400 || rows.findIndex(({ endpoint }) => endpoint === row.endpoint) === at)
)
