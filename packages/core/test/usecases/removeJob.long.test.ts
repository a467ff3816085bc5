import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { until } from "../../src/testing/eventually.ts"
import { succeed, videoOf } from "../support/actions.ts"
import { interleave } from "../support/interleave.ts"
import type { Process } from "../support/Process.ts"
import { anew, type Given, given, isKept } from "../support/removals.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

/** Whichever came first: a rendition is published or there is no trace of it, and the uploads are let go once. */
const settled = (other: Process, all: Given, seen: Set<string>) =>
  Effect.gen(function* () {
    const { result, runner, video } = all
    yield* asTimeGoesBy(until("the uploads were let go", () => result.released() > 0))
    yield* goOn(other, runner)
    assert.strictEqual(result.released(), 1)
    const isPublished = videoOf(other.world, video).files.some(({ resolution }) => resolution === 360)
    if (isKept(other.world, all)) assert.isTrue(isPublished)
    seen.add(`${isKept(other.world, all) ? "kept" : "removed"}, ${isPublished ? "published" : "not published"}`)
  })

describe("a job is removed", () => {
  it.effect("at each point while another server takes its result: it is stored, or lost as a whole", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      const count = yield* interleave({
        given,
        anew,
        when: (server, { held, result }) => succeed(server, held, result),
        meanwhile: ({ given, other }) => other.admin.remove(given.held.job.id),
        afterwards: (other, all) => settled(other, all, seen)
      })
      assert.isAbove(count, 20)
      assert.sameMembers([...seen], ["kept, published", "removed, published", "removed, not published"])
    })
  )

  it.effect("by a server that is held up at each point, while another one takes the result", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      const count = yield* interleave({
        given,
        anew,
        when: (server, { held }) => server.admin.remove(held.job.id),
        meanwhile: ({ given, other }) => succeed(other, given.held, given.result),
        afterwards: (other, all) => settled(other, all, seen)
      })
      assert.isAbove(count, 5)
      assert.includeMembers([...seen], ["removed, published", "removed, not published"])
    })
  )
})
