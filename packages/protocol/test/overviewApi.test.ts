import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aRegisteredRunner } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { JobStore } from "@runner-connector/core"
import { ApiWeb } from "@runner-connector/protocol"
import { DateTime, Effect } from "effect"

const { adminToken, guestToken, origin } = Wire.World

const get = (search = "", token = adminToken) =>
  Effect.gen(function* () {
    const { handle } = yield* ApiWeb.ApiWeb
    const headers = { authorization: `Bearer ${token}` }
    const response = yield* handle(new Request(`${origin}/overview${search}`, { headers }))
    return { status: response.status, document: JSON.parse(yield* Effect.promise(() => response.text())) }
  })

it.effect("shows administrators the queue and the runners", () =>
  Effect.gen(function* () {
    yield* aRegisteredRunner()
    const job = aJob({ createdAt: DateTime.unsafeMake("1969-12-31T23:00:00Z") })
    yield* Effect.flatMap(JobStore.JobStore, ({ insert }) => insert([job]))
    const { document, status } = yield* get()
    deepStrictEqual([status, document.range, document.bucketSeconds > 0], [200, "hour", true])
    deepStrictEqual(
      document.queue.map(({ pending, type }: { readonly pending: number; readonly type: string }) => [type, pending]),
      [[job.type, 1]]
    )
    deepStrictEqual(document.oldestPending, { uuid: job.id, type: job.type, createdAt: "1969-12-31T23:00:00.000Z" })
    deepStrictEqual(document.runners.total, 1)
    deepStrictEqual(document.throughput, { completed: 0, failed: 0, failureRate: null })
    deepStrictEqual(document.storage, { bytes: 0 })
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("refuses unknown ranges, and clients that are no administrators, also where videos are open", () =>
  Effect.gen(function* () {
    deepStrictEqual((yield* get("?range=day")).status, 200)
    for (const range of ["year", "", "hour&range=day"])
      deepStrictEqual((yield* get(`?range=${range}`)).status, 400, range)
    deepStrictEqual((yield* get("", guestToken)).status, 403)
    deepStrictEqual((yield* get("", "wrong")).status, 401)
  }).pipe(Effect.provide(Wire.World.layer({}, { opensVideos: true })))
)
