import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Option } from "effect"
import { noTurns, orderOf, served, type TenantTurns, weightOf } from "../../../src/domain/job/TenantTurns.ts"

/** Serves so many jobs, always of the waiting tenant in turn. Unknown tenants come first. */
const serve = (turns: TenantTurns, waiting: Readonly<Record<string, number>>, jobs: number) => {
  const counts: Record<string, number> = {}
  let now = turns
  for (let job = 0; job < jobs; job += 1) {
    const order = orderOf(now).map(Option.getOrThrow)
    const names = Object.keys(waiting)
    const next = names.find((name) => !order.includes(name)) ?? order.find((name) => names.includes(name)) ?? ""
    counts[next] = (counts[next] ?? 0) + 1
    now = served(now, Option.some(next), weightOf(waiting, Option.some(next)))
  }
  return { counts, now }
}

describe("the turns of tenants", () => {
  it("share jobs by weight", () => {
    deepStrictEqual(serve(noTurns, { a: 1, b: 1, c: 1 }, 9).counts, { a: 3, b: 3, c: 3 })
    deepStrictEqual(serve(noTurns, { a: 3, b: 1 }, 40).counts, { a: 30, b: 10 })
    const { counts } = serve(noTurns, { a: 0.5, b: 1, c: 2 }, 70)
    deepStrictEqual(counts, { a: 10, b: 20, c: 40 })
  })

  it("let nobody save shares for later", () => {
    const { now } = serve(noTurns, { a: 1, b: 1 }, 10)
    const alone = serve(now, { a: 1 }, 1000).now
    deepStrictEqual(serve(alone, { a: 1, b: 1 }, 10).counts, { a: 5, b: 5 })
  })

  it("serve a new tenant next", () => {
    const { now } = serve(noTurns, { a: 1, b: 1 }, 10)
    deepStrictEqual(serve(now, { a: 1, b: 1, new: 1 }, 3).counts, { a: 1, b: 1, new: 1 })
  })

  it("remember a thousand tenants", () => {
    const names = Array.from({ length: 1500 }, (_, n) => Option.some(`tenant ${n}`))
    const turns = names.reduce((now, name) => served(now, name, 1), noTurns)
    deepStrictEqual(orderOf(turns), names.slice(500))
  })

  it("count jobs without a tenant as one tenant", () => {
    const turns = served(served(noTurns, Option.none(), 1), Option.some("a"), 1)
    deepStrictEqual(orderOf(turns), [Option.none(), Option.some("a")])
    assert.strictEqual(weightOf({ toString: 7 }, Option.none()), 1)
    assert.strictEqual(weightOf({}, Option.some("toString")), 1)
  })
})
