import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { RunnerJob } from "@runner-connector/core"
import { JobDocument } from "@runner-connector/protocol"
import { DateTime, Effect, Option } from "effect"
import { someMoment } from "../../fixtures.ts"
import { aRunner, aWaitingJob } from "../arrange.ts"
import { administer, assertProblem, invalidParams, postJson, R } from "../client.ts"
import type { WireCases } from "../WireServer.ts"
import { aMark, found, jobsOf, list } from "./asking.ts"

const allStates = Object.keys(JobDocument.stateDocuments) as ReadonlyArray<RunnerJob.JobState>

/** Contract of searching and filtering jobs. */
export const narrowingCases: WireCases = (it) => {
  it.effect("finds a job by its complete UUID, ignoring case", () =>
    Effect.gen(function* () {
      const { id } = yield* aWaitingJob()
      deepStrictEqual(yield* found(`search=${id}`), [id])
      deepStrictEqual(yield* found(`search=${id.toUpperCase()}`), [id])
      deepStrictEqual(yield* list(`search=${crypto.randomUUID()}`), { total: 0, data: [] })
      deepStrictEqual(yield* found(`search=${id.slice(0, -1)}`), [])
      deepStrictEqual(yield* found(`search=${id}&stateOneOf=3`), [])
    })
  )

  it.effect("finds jobs by a part of their type or runner name, ignoring case", () =>
    Effect.gen(function* () {
      const mark = aMark()
      const [byType = ""] = yield* jobsOf(`a ${mark} b%_`, [{}])
      const { name, runnerToken } = yield* aRunner
      const held = yield* aWaitingJob()
      yield* postJson(`${held.path}/accept`, { runnerToken })
      deepStrictEqual(yield* found(`search=${mark.toUpperCase()}`), [byType])
      deepStrictEqual(yield* found(`search=${encodeURIComponent(`${mark} b%_`)}`), [byType])
      deepStrictEqual(yield* found(`search=${encodeURIComponent(`${mark} %`)}`), [])
      deepStrictEqual(yield* found(`search=${encodeURIComponent(name.toUpperCase())}`), [held.id])
    })
  )

  it.effect("finds jobs by a label, which their documents have", () =>
    Effect.gen(function* () {
      const label = aMark()
      const [id = ""] = yield* jobsOf(aMark(), [{ labels: [label] }, {}])
      deepStrictEqual(yield* found(`label=${label}`), [id])
      deepStrictEqual((yield* list(`label=${label}`)).data[0]?.labels, [label])
    })
  )

  it.effect("ignores an empty search", () =>
    Effect.gen(function* () {
      const all = yield* list("count=100")
      deepStrictEqual(yield* list("count=100&search="), all)
      assert.isAbove(all.total, 0)
    })
  )

  it.effect("filters by states, given once, repeatedly, or with brackets", () =>
    Effect.gen(function* () {
      const type = aMark()
      const ids = yield* jobsOf(
        type,
        allStates.map((state, i) => ({ state, createdAt: DateTime.add(someMoment, { millis: i }) }))
      )
      const numbers = allStates.map((state) => JobDocument.stateDocuments[state].id)
      for (const [index, number] of numbers.entries()) {
        deepStrictEqual(yield* found(`search=${type}&stateOneOf=${number}`), [ids[index]])
      }
      const two = [ids[8], ids[3]]
      const [a, b] = [numbers[3], numbers[8]]
      for (const query of [
        `stateOneOf=${a}&stateOneOf=${b}`,
        `stateOneOf[]=${a}&stateOneOf[]=${b}`,
        `stateOneOf%5B0%5D=${a}&stateOneOf%5B1%5D=${b}`,
        `stateOneOf=${a}&stateOneOf[]=${b}&stateOneOf=${b}`
      ]) {
        deepStrictEqual(yield* found(`search=${type}&${query}`), two)
      }
      assert.lengthOf(yield* found(`search=${type}`), 9)
    })
  )

  it.effect("filters by all types of PeerTube, including types without jobs", () =>
    Effect.gen(function* () {
      const { id } = yield* aWaitingJob()
      deepStrictEqual(yield* found(`search=${id}&typeOneOf=vod-hls-transcoding`), [id])
      deepStrictEqual(yield* found(`search=${id}&typeOneOf[]=video-transcription&typeOneOf[]=vod-hls-transcoding`), [
        id
      ])
      deepStrictEqual(yield* found(`search=${id}&typeOneOf=live-rtmp-hls-transcoding`), [])
    })
  )

  it.effect.each<readonly [query: string, parameter: string]>([
    ["stateOneOf=0", "stateOneOf"],
    ["stateOneOf=10", "stateOneOf"],
    ["stateOneOf=", "stateOneOf"],
    ["stateOneOf=Pending", "stateOneOf"],
    ["stateOneOf=1&stateOneOf=x", "stateOneOf"],
    ["stateOneOf[]=1.5", "stateOneOf"],
    ["stateOneOf[a]=1&stateOneOf=77", "stateOneOf"],
    ["typeOneOf=unheard-of", "typeOneOf"],
    ["typeOneOf=vod-hls-transcoding&typeOneOf=", "typeOneOf"],
    ["search=a&search=b", "search"],
    ["search=%00", "search"],
    ["sort=uuid", "sort"],
    ["sort=-parent", "sort"]
  ])("refuses a list with %s", ([query, parameter]) =>
    Effect.gen(function* () {
      const answer = yield* administer("GET", `${R}/jobs?${query}`)
      assertProblem(answer, 400)
      deepStrictEqual(invalidParams(answer), [parameter])
    })
  )
}

/** Contract of sorting and paging. */
export const sortingCases: WireCases = (it) => {
  const at = (millis: number) => DateTime.add(someMoment, { millis })
  const columns: Readonly<Record<string, readonly [ReadonlyArray<Partial<RunnerJob.RunnerJob>>, string, string]>> = {
    createdAt: [[2, 1, 3, 1].map((i) => ({ createdAt: at(i) })), "1302", "2013"],
    updatedAt: [[2, 1, 3, 1].map((i) => ({ updatedAt: at(i) })), "1302", "2013"],
    priority: [[2, 1, 3, 1].map((priority) => ({ priority })), "1302", "2013"],
    state: [(["Completing", "Pending", "Errored"] as const).map((state) => ({ state })), "120", "021"],
    progress: [[Option.some(5), Option.none(), Option.some(9)].map((progress) => ({ progress })), "021", "201"]
  }

  for (const [column, [overrides, up, down]] of Object.entries(columns)) {
    it.effect(`sorts jobs by ${column}, ties in insertion order`, () =>
      Effect.gen(function* () {
        const type = aMark()
        const ids = yield* jobsOf(type, overrides)
        const inOrder = (order: string) => [...order].flatMap((i) => ids[Number(i)] ?? [])
        deepStrictEqual(yield* found(`search=${type}&sort=${column}`), inOrder(up))
        deepStrictEqual(yield* found(`search=${type}&sort=-${column}`), inOrder(down))
        deepStrictEqual(yield* found(`search=${type}&sort=-${column}&start=1&count=1`), inOrder(down.charAt(1)))
      })
    )
  }

  it.effect("lists the fifteen newest matches by default, with the total", () =>
    Effect.gen(function* () {
      const type = aMark()
      const ids = yield* jobsOf(
        type,
        Array.from({ length: 17 }, (_, i) => ({ createdAt: at(i) }))
      )
      const usual = yield* list(`search=${type}`)
      assert.strictEqual(usual.total, 17)
      deepStrictEqual(
        usual.data.map(({ uuid }) => uuid),
        ids.toReversed().slice(0, 15)
      )
    })
  )
}
