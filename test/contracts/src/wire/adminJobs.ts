import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, type RunnerJob } from "@runner-connector/core"
import { AdminEndpoints, JobDocuments } from "@runner-connector/core/protocol"
import { DateTime, Effect, Option } from "effect"
import { aJob, someMoment } from "../fixtures.ts"
import { aHeldJob, aRunner, aWaitingJob, resultParts, stateOf, stored, succeed, tokenParts } from "./arrange.ts"
import { administer, assertDone, assertProblem, documentOf, invalidParams, postForm, postJson, R } from "./client.ts"
import type { WireCases } from "./WireServer.ts"
import { origin } from "./world.ts"

const list = (query: string) =>
  Effect.map(administer("GET", `${R}/jobs?${query}`), (answer) => documentOf(answer, AdminEndpoints.listJobs.response))

const found = (query: string) => Effect.map(list(query), ({ data }) => data.map(({ uuid }) => uuid))

/** A text that nobody else has, and that is no UUID. */
const aMark = () => crypto.randomUUID().slice(0, 18)

/** Jobs of a type of their own, in the order of their insertion. */
const jobsOf = (type: string, overrides: ReadonlyArray<Partial<RunnerJob.RunnerJob>>) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const jobs = overrides.map((one) => aJob({ type, ...one }))
    for (const job of jobs) yield* store.insert([job])
    return jobs.map(({ id }): string => id)
  })

const allStates = Object.keys(JobDocuments.stateDocuments) as ReadonlyArray<RunnerJob.JobState>

const waitingForRunner = "a free runner that supports vod-hls-transcoding"

const showing: WireCases = (it) => {
  it.effect("shows a waiting job without a runner, and what it is about beyond what runners see", () =>
    Effect.gen(function* () {
      yield* aRunner
      const { id, videoId } = yield* aWaitingJob({ priority: 7 })
      const now = yield* stored(id)
      const answer = yield* administer("GET", `${R}/jobs?search=${id}`)
      deepStrictEqual(JSON.parse(answer.text), {
        total: 1,
        data: [
          {
            uuid: id,
            type: "vod-hls-transcoding",
            state: { id: 1, label: "Pending" },
            progress: null,
            priority: 7,
            failures: 0,
            error: null,
            payload: {
              input: {
                videoFileUrl: `${origin}${R}/jobs/${id}/files/videos/${videoId}/max-quality`,
                separatedAudioFileUrl: []
              },
              output: { resolution: 240, fps: 25, separatedAudio: false }
            },
            privatePayload: now.privatePayload,
            createdAt: DateTime.formatIso(now.createdAt),
            updatedAt: DateTime.formatIso(now.updatedAt),
            runner: null,
            attempts: [],
            waitingFor: waitingForRunner,
            retryAt: null
          }
        ]
      })
    })
  )

  it.effect("shows who holds a job and since when, and how it has ended", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob({ failures: 4 })
      const { runner } = held
      yield* postForm(`${held.path}/update`, [["progress", "42"], ...tokenParts(held.tokens)])
      const [during] = (yield* list(`search=${held.id}`)).data
      assert.strictEqual(during?.progress, 42)
      deepStrictEqual(during?.runner, { id: runner.id, name: runner.name, description: null })
      const now = yield* stored(held.id)
      assert.strictEqual(during?.startedAt, Option.getOrThrow(Option.map(now.startedAt, DateTime.formatIso)))
      assert.isFalse("finishedAt" in (during ?? {}))
      assertDone(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "ffmpeg has failed" }))
      const [after] = (yield* list(`search=${held.id}`)).data
      assert.deepInclude(after, {
        state: { id: 4, label: "Errored" },
        failures: 5,
        error: `ffmpeg has failed (runner ${runner.name})`,
        finishedAt: Option.getOrThrow(Option.map((yield* stored(held.id)).finishedAt, DateTime.formatIso))
      })
    })
  )

  it.effect("shows every try of a job, and why nobody works on it now", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob({ failures: 1 })
      const history = Effect.map(list(`search=${held.id}`), ({ data }) => data[0])
      const during = yield* history
      const [{ startedAt } = { startedAt: "" }] = during?.attempts ?? []
      const first = { runner: held.runner.name, version: null, startedAt }
      const open = { ...first, endedAt: null, outcome: null, message: null }
      deepStrictEqual([during?.attempts, during?.waitingFor, during?.retryAt], [[open], null, null])

      assertDone(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "no space left" }))
      const now = yield* stored(held.id)
      const endedAt = DateTime.formatIso(now.updatedAt)
      const notBefore = DateTime.unsafeMake("2100-01-01T00:00:00Z")
      yield* Effect.flatMap(JobStore.JobStore, (store) => store.commit([{ ...now, notBefore: Option.some(notBefore) }]))
      const after = yield* history
      deepStrictEqual(after?.attempts, [{ ...first, endedAt, outcome: "failed", message: "no space left" }])
      const retryAt = DateTime.formatIso(notBefore)
      deepStrictEqual([after?.waitingFor, after?.retryAt], [`its next try at ${retryAt}`, retryAt])
    })
  )

  it.effect("shows what a job waits for", () =>
    Effect.gen(function* () {
      const parent = yield* aHeldJob()
      const parentId = Option.some((yield* stored(parent.id)).id)
      const child = yield* aWaitingJob({ state: "WaitingForParent", parentId })
      const [shown] = (yield* list(`search=${child.id}`)).data
      assert.isTrue(Number.isSafeInteger(shown?.parent?.id))
      deepStrictEqual<unknown>(shown?.parent, {
        id: shown?.parent?.id,
        uuid: parent.id,
        type: "vod-hls-transcoding",
        state: { id: 2, label: "Processing" }
      })
    })
  )

  it.effect("shows a job that no type here can read as it is stored", () =>
    Effect.gen(function* () {
      const type = aMark()
      yield* jobsOf(type, [{ payload: { what: "ever" }, privatePayload: { more: 1 } }])
      const [shown] = (yield* list(`search=${type}`)).data
      deepStrictEqual([shown?.payload, shown?.privatePayload], [{ what: "ever" }, { more: 1 }])
    })
  )
}

const narrowing: WireCases = (it) => {
  it.effect("finds a job by its UUID, in either case, and by nothing less", () =>
    Effect.gen(function* () {
      const { id } = yield* aWaitingJob()
      deepStrictEqual(yield* found(`search=${id}`), [id])
      deepStrictEqual(yield* found(`search=${id.toUpperCase()}`), [id])
      deepStrictEqual(yield* list(`search=${crypto.randomUUID()}`), { total: 0, data: [] })
      deepStrictEqual(yield* found(`search=${id.slice(0, -1)}`), [])
      deepStrictEqual(yield* found(`search=${id}&stateOneOf=3`), [])
    })
  )

  it.effect("finds jobs by a part of their type or of their runner's name, in any case", () =>
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

  it.effect("takes an empty search for none", () =>
    Effect.gen(function* () {
      const all = yield* list("count=100")
      deepStrictEqual(yield* list("count=100&search="), all)
      assert.isAbove(all.total, 0)
    })
  )

  it.effect("narrows by states, given once, again and again, or with brackets", () =>
    Effect.gen(function* () {
      const type = aMark()
      const ids = yield* jobsOf(
        type,
        allStates.map((state, i) => ({ state, createdAt: DateTime.add(someMoment, { millis: i }) }))
      )
      const numbers = allStates.map((state) => JobDocuments.stateDocuments[state].id)
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

  it.effect("narrows by types, those that PeerTube knows, whether there are jobs of them or not", () =>
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

const sorting: WireCases = (it) => {
  const at = (millis: number) => DateTime.add(someMoment, { millis })
  const columns: Readonly<Record<string, readonly [ReadonlyArray<Partial<RunnerJob.RunnerJob>>, string, string]>> = {
    createdAt: [[2, 1, 3, 1].map((i) => ({ createdAt: at(i) })), "1302", "2013"],
    updatedAt: [[2, 1, 3, 1].map((i) => ({ updatedAt: at(i) })), "1302", "2013"],
    priority: [[2, 1, 3, 1].map((priority) => ({ priority })), "1302", "2013"],
    state: [(["Completing", "Pending", "Errored"] as const).map((state) => ({ state })), "120", "021"],
    progress: [[Option.some(5), Option.none(), Option.some(9)].map((progress) => ({ progress })), "021", "201"]
  }

  for (const [column, [overrides, up, down]] of Object.entries(columns)) {
    it.effect(`sorts jobs by ${column}, equals in the order of their insertion`, () =>
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

  it.effect("lists fifteen of the newest unless asked otherwise, with the total of what is found", () =>
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

const NOT_PROCESSING = "runner_job_not_in_processing_state"

const cancelling: WireCases = (it) => {
  it.effect("cancels a job with all that waits for it; its runner finds none", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const child = yield* aWaitingJob({
        state: "WaitingForParent",
        parentId: Option.some((yield* stored(held.id)).id)
      })
      assertDone(yield* administer("POST", `${held.path}/cancel`))
      assert.strictEqual(yield* stateOf(held.id), "Cancelled")
      assert.strictEqual(yield* stateOf(child.id), "ParentCancelled")
      assertProblem(yield* postForm(`${held.path}/update`, tokenParts(held.tokens)), 404)
      assertProblem(yield* administer("POST", `${held.path}/cancel`), 400)
      const waiting = yield* aWaitingJob()
      assertDone(yield* administer("POST", `${waiting.path}/cancel`))
    })
  )
}

const removing: WireCases = (it) => {
  it.effect("removes a job with all that waits for it; whatever its runner says later finds none", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const parentId = Option.some((yield* stored(held.id)).id)
      const child = yield* aWaitingJob({ state: "WaitingForParent", parentId })
      const other = yield* aWaitingJob()
      assertDone(yield* administer("DELETE", held.path))
      for (const id of [held.id, child.id]) deepStrictEqual(yield* found(`search=${id}`), [])
      deepStrictEqual(yield* found(`search=${other.id}`), [other.id])
      const { path, tokens, videoId } = held
      assertProblem(yield* postForm(`${path}/update`, tokenParts(tokens)), 404)
      assertProblem(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]), 404)
      assertProblem(yield* postJson(`${path}/error`, { ...tokens, message: "x" }), 404)
      assertProblem(yield* postJson(`${path}/abort`, { ...tokens, reason: "x" }), 404)
      assertProblem(yield* postJson(`${path}/files/videos/${videoId}/max-quality`, tokens), 404)
      assertProblem(yield* postJson(`${path}/accept`, { runnerToken: tokens.runnerToken }), 404)
      assertProblem(yield* administer("DELETE", path), 404)
    })
  )

  it.effect("removes a job that has ended", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* succeed(held))
      assertProblem(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "x" }), 400, NOT_PROCESSING)
      assertDone(yield* administer("DELETE", held.path))
      assertProblem(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "x" }), 404)
    })
  )

  it.effect("does not remove a job while its result is being stored, nor what it waits for", () =>
    Effect.gen(function* () {
      const type = aMark()
      const store = yield* JobStore.JobStore
      const parent = aJob({ type, state: "Completed" })
      const [child] = [aJob({ type, state: "Completing", parentId: Option.some(parent.id) })]
      yield* store.insert([parent, child])
      for (const { id } of [child, parent]) {
        assertProblem(yield* administer("DELETE", `${R}/jobs/${id}`), 400)
        assertProblem(yield* administer("POST", `${R}/jobs/${id}/cancel`), 400)
      }
      assert.lengthOf(yield* found(`search=${type}`), 2)
      yield* store.commit([{ ...child, state: "Completed" }])
      assertDone(yield* administer("DELETE", `${R}/jobs/${parent.id}`))
      deepStrictEqual(yield* found(`search=${type}`), [])
    })
  )
}

export const adminJobCases: WireCases = (it) => {
  showing(it)
  narrowing(it)
  sorting(it)
  cancelling(it)
  removing(it)
}
