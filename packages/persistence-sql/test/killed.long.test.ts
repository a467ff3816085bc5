import { createInterface } from "node:readline"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { EventCursor, EventStore } from "@runner-connector/core"
import { Array as Arr, Effect, Fiber, Layer, Option, Random, Redacted } from "effect"
import { spawnScript } from "../../../test/fixtures/spawnScript.ts"
import { SqlStores } from "../src/index.ts"
import { type Delivery, EVENTS_PER_JOB, type Order } from "./killed/order.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

const script = new URL("./killed/process.ts", import.meta.url)

const VIDEOS = 20
const KILLS = 12

/** Starts a process, notes what it delivers, and kills it after a random time. Returns after its end. */
const runUntilKilled = (order: Order, deliveries: Array<Delivery>, life: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(spawnScript(script, order), (running) =>
      Effect.sync(() => void running.kill("SIGKILL"))
    )
    const ended = Effect.async<void>((resume) => {
      child.once("close", () => resume(Effect.void))
    })
    createInterface(child.stdout).on("line", (line) => void deliveries.push(JSON.parse(line) as Delivery))
    const waiting = yield* Effect.fork(ended)
    yield* life
    child.kill("SIGKILL")
    yield* Fiber.join(waiting)
  }).pipe(Effect.scoped)

/** Lives long enough to deliver some events. */
const shortLife = (deliveries: ReadonlyArray<Delivery>) =>
  Effect.suspend(() => {
    const before = deliveries.length
    const some = eventually(
      Effect.sync(() => deliveries.length),
      (count) => count > before || count >= VIDEOS * EVENTS_PER_JOB
    )
    return Effect.zipRight(
      some,
      Effect.flatMap(Random.nextIntBetween(5, 120), (millis) => Effect.sleep(millis))
    )
  })

it.scopedLive(
  "200 events are delivered in the order of each video with stable ids, though processes are killed",
  () =>
    Effect.gen(function* () {
      const url = yield* postgres.migratedAddress
      const jobs = Arr.makeBy(VIDEOS, () => ({ id: crypto.randomUUID(), videoId: crypto.randomUUID() }))
      const order: Order = { url: Redacted.value(url), jobs }
      const deliveries: Array<Delivery> = []
      for (let n = 0; n < KILLS; n += 1) yield* runUntilKilled(order, deliveries, shortLife(deliveries))
      const total = VIDEOS * EVENTS_PER_JOB
      const all = eventually(
        Effect.sync(() => new Set(deliveries.map(({ id }) => id)).size),
        (count) => count === total
      )
      yield* runUntilKilled(order, deliveries, all)

      const stores = Layer.provide(SqlStores.layerStores, PgClient.layer({ url, maxConnections: 2 }))
      const events = yield* Effect.provide(
        Effect.flatMap(EventStore.EventStore, (store) => store.after(EventCursor.start, 1000)),
        stores
      )
      assert.lengthOf(events, total)
      const written = events.map(({ id, videoId }) => ({
        id: String(id),
        videoId: Option.getOrThrow(videoId) as string
      }))
      for (const { videoId } of jobs) {
        const idsIn = (list: ReadonlyArray<Delivery>) =>
          Arr.dedupe(list.filter((one) => one.videoId === videoId).map(({ id }) => id))
        deepStrictEqual(idsIn(deliveries), idsIn(written), "each event of the video once or again, in order")
      }
      yield* Effect.log(`${total} events, ${KILLS} kills, ${deliveries.length - total} repeated deliveries`)
    }),
  300_000
)
