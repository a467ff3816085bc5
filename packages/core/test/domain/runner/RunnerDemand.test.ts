import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option } from "effect"
import { RunnerId } from "../../../src/domain/Ids.ts"
import {
  type Candidate,
  chooseRunners,
  type Demand,
  demandOf,
  mayPing,
  mergeDemands,
  usualCandidates
} from "../../../src/domain/runner/RunnerDemand.ts"
import { unknownHealth } from "../../../src/domain/runner/RunnerHealth.ts"
import { aJobIn, now } from "../fixtures.ts"

const vod = "vod-hls-transcoding"
const studio = "video-studio-transcoding"
const NOW = 1_000_000

const runner = (id: number, over: Partial<Candidate> = {}): Candidate => ({
  id: RunnerId.make(id),
  version: Option.some("0.4.0"),
  jobTypes: Option.none(),
  labels: [],
  state: "active",
  health: unknownHealth,
  processing: 0,
  pingedAt: 0,
  ...over
})

const demand = (over: Partial<Demand> = {}): Demand => ({
  type: vod,
  requirements: [],
  labels: [],
  jobs: 1,
  waited: 0,
  onlyIdle: false,
  ...over
})

const choose = (demands: ReadonlyArray<Demand>, runners: ReadonlyArray<Candidate>) =>
  chooseRunners(demands, runners, NOW).ids

const idle = (count: number, over: Partial<Candidate> = {}) =>
  Array.from({ length: count }, (_, index) => runner(index + 1, over))

describe("the demand of jobs", () => {
  it("counts pending jobs by type and requirements, without those that rest", () => {
    const jobs = [
      aJobIn("Pending"),
      aJobIn("Pending"),
      aJobIn("Pending", { type: studio, requirements: ["cut"] }),
      aJobIn("Pending", { notBefore: Option.some(now) }),
      aJobIn("WaitingForParent"),
      aJobIn("Processing")
    ]
    expect(demandOf(jobs)).toEqual([demand({ jobs: 2 }), demand({ type: studio, requirements: ["cut"] })])
    expect(demandOf([aJobIn("Completed")])).toEqual([])
  })

  it("is as urgent as the newest part of it", () => {
    const reminder = demand({ jobs: 2, waited: 5000, onlyIdle: true })
    expect(mergeDemands([reminder, demand({ jobs: 3 })])).toEqual([demand({ jobs: 5 })])
    expect(mergeDemands([reminder, { ...reminder, waited: 3000 }])).toEqual([{ ...reminder, jobs: 4, waited: 3000 }])
  })
})

describe("the runners to ping", () => {
  it("are as many as there are jobs, and four more", () => {
    expect(choose([demand()], idle(1000))).toHaveLength(5)
    expect(choose([demand({ jobs: 60 })], idle(1000))).toHaveLength(64)
    expect(choose([demand({ jobs: 10_000 })], idle(1000))).toHaveLength(1000)
    expect(choose([], idle(3))).toEqual([])
  })

  it("become twice as many with each second that a job waits, until all are reached", () => {
    const reached = [1, 999, 1000, 2000, 5000, 60_000].map((waited) => choose([demand({ waited })], idle(500)).length)
    expect(reached).toEqual([5, 5, 9, 17, 129, 500])
  })

  it("are idle ones first, then those that were not pinged for the longest time", () => {
    const runners = [
      runner(1, { processing: 2 }),
      runner(2, { processing: 1, pingedAt: 5 }),
      runner(3, { pingedAt: 9 }),
      runner(4, { pingedAt: 3 }),
      runner(5, { processing: 1, pingedAt: 4 }),
      ...Array.from({ length: 3 }, (_, index) => runner(10 + index, { processing: 3 }))
    ]
    expect(choose([demand()], runners)).toEqual([4, 3, 5, 2, 1])
  })

  it("are no busy ones, when only idle ones are to be reminded", () => {
    const runners = [runner(1, { processing: 1 }), runner(2)]
    expect(choose([demand({ waited: 60_000, onlyIdle: true })], runners)).toEqual([2])
    expect(choose([demand({ waited: 60_000 })], runners)).toEqual([2, 1])
  })

  it("can take one of the jobs", () => {
    const runners = [
      runner(1, { jobTypes: Option.some(["video-transcription"]) }),
      runner(2, { version: Option.some("0.3.0") }),
      runner(3)
    ]
    expect(choose([demand()], runners)).toEqual([2, 3])
    expect(choose([demand({ type: studio, requirements: ["remove-segments"] })], runners)).toEqual([3])
  })

  it("are different ones for different jobs, as long as there are enough", () => {
    const other = demand({ type: studio, requirements: ["cut"] })
    expect(choose([demand(), other], idle(100))).toHaveLength(10)
    expect(choose([demand(), other], idle(7))).toHaveLength(7)
  })

  it("get no reminder within eight seconds after a ping, but a ping for a new job", () => {
    const runners = [runner(1, { pingedAt: NOW - 7999 }), runner(2, { pingedAt: NOW - 8000 })]
    expect(choose([demand({ waited: 10_000 })], runners)).toEqual([2])
    expect(choose([demand()], runners)).toEqual([2, 1])
  })

  it("are the same when only those that were pinged longest ago are looked at, if that is enough", () => {
    const anyRunner = fc.record({
      processing: fc.constantFrom(0, 0, 0, 1),
      version: fc.constantFrom(Option.some("0.4.0"), Option.some("0.3.0")),
      pingedAt: fc.integer({ min: NOW - 20_000, max: NOW })
    })
    const anyDemand = fc
      .record({
        type: fc.constantFrom(vod, studio),
        jobs: fc.integer({ min: 1, max: 3 }),
        waited: fc.constantFrom(0, 900)
      })
      .map(demand)
    const anyRunners = fc.uniqueArray(anyRunner, { selector: ({ pingedAt }) => pingedAt, minLength: 15, maxLength: 40 })
    const anyDemands = fc.array(anyDemand, { minLength: 1, maxLength: 2 })
    let wereFinal = 0
    fc.assert(
      fc.property(anyRunners, anyDemands, fc.nat(40), (facts, demands, looked) => {
        const all = facts.map((over, index) => runner(index + 1, over))
        const longestAgo = all
          .filter(({ pingedAt }) => mayPing(demands, pingedAt, NOW))
          .toSorted((one, other) => one.pingedAt - other.pingedAt)
        const { ids, isFinal } = chooseRunners(demands, longestAgo.slice(0, looked), NOW)
        if (isFinal) expect(ids).toEqual(choose(demands, all))
        wereFinal += isFinal ? 1 : 0
      }),
      { numRuns: 500, seed: 7 }
    )
    expect(wereFinal).toBeGreaterThan(50)
  })

  it("are usually among twice as many", () => {
    const runners = idle(1000).slice(0, usualCandidates([demand()]))
    expect(runners).toHaveLength(10)
    expect(chooseRunners([demand()], runners, NOW).isFinal).toBe(true)
    expect(chooseRunners([demand()], idle(4), NOW).isFinal).toBe(false)
    expect(chooseRunners([demand()], [...idle(4), runner(5, { processing: 1 })], NOW).isFinal).toBe(false)
  })
})
