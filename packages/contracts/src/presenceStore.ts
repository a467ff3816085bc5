import { layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EventStore, type Ids, PresenceStore, RunnerStore } from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { DateTime, Effect, type Layer, Option } from "effect"
import { aRegisteredRunner } from "./fixtures.ts"
import { later, race, type Stores } from "./stores.ts"

/** Long after the contacts of the runners of other tests. */
const at = (second: number) => DateTime.add(later(0), { days: 1000, seconds: second })

/** A report at this second. Other reports expire after ten seconds, and contacts after twenty. */
const report = (
  server: string,
  second: number,
  runners: ReadonlyArray<Ids.RunnerId>,
  { mayGoOffline = true }: { readonly mayGoOffline?: boolean } = {}
) =>
  Effect.flatMap(PresenceStore.PresenceStore, (store) =>
    store.report({
      server,
      runners,
      at: at(second),
      reportedSince: at(second - 10),
      contactSince: at(second - 20),
      mayGoOffline
    })
  )

/** The types of the events about the runner that the effect adds. */
const eventsAbout = <A, E, R>(id: Ids.RunnerId, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const store = yield* EventStore.EventStore
    const end = yield* store.end
    yield* effect
    const marker = yield* aRegisteredRunner()
    const isAbout = (wanted: Ids.RunnerId) => (event: { readonly runnerId: Option.Option<Ids.RunnerId> }) =>
      Option.contains(event.runnerId, wanted)
    const events = yield* eventually(store.after(end, 100), (found) => found.some(isAbout(marker.id)))
    return events.filter(isAbout(id)).map(({ type }) => type)
  })

/** Contract of every PresenceStore, together with the outbox that receives its events. */
export const presenceStoreContract = <E>(name: string, layer: Layer.Layer<Stores | EventStore.EventStore, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`PresenceStore: ${name}`, (it) => {
    it.effect("adds one event for a runner that appears, and one for a runner that leaves", () =>
      Effect.gen(function* () {
        const { id } = yield* aRegisteredRunner()
        const server = crypto.randomUUID()
        deepStrictEqual(yield* eventsAbout(id, report(server, 0, [id])), ["runner.online"])
        deepStrictEqual(yield* eventsAbout(id, report(server, 1, [id])), [])
        deepStrictEqual(yield* eventsAbout(id, report(server, 2, [], { mayGoOffline: false })), [])
        deepStrictEqual(yield* eventsAbout(id, report(server, 3, [])), ["runner.offline"])
        deepStrictEqual(yield* eventsAbout(id, report(server, 4, [])), [])
        deepStrictEqual(yield* eventsAbout(id, report(server, 5, [id], { mayGoOffline: false })), ["runner.online"])
      })
    )

    it.effect("returns the reported runners that were removed", () =>
      Effect.gen(function* () {
        const kept = yield* aRegisteredRunner()
        const removed = yield* aRegisteredRunner()
        const server = crypto.randomUUID()
        const reported = [removed.id, kept.id]
        deepStrictEqual(yield* report(server, 0, reported), [])
        yield* Effect.flatMap(RunnerStore.RunnerStore, (store) => store.remove(removed.id))
        deepStrictEqual(yield* report(server, 1, reported), [removed.id])
        deepStrictEqual(yield* report(server, 2, [kept.id]), [])
      })
    )

    it.effect("knows since when a runner is online", () =>
      Effect.gen(function* () {
        const { id } = yield* aRegisteredRunner()
        const { workloads } = yield* RunnerStore.RunnerStore
        const since = Effect.map(workloads([id]), ([runner]) =>
          Option.flatMap(Option.fromNullable(runner), (one) => one.onlineSince)
        )
        const server = crypto.randomUUID()
        deepStrictEqual(yield* since, Option.none())
        yield* report(server, 0, [id])
        yield* report(server, 1, [id])
        deepStrictEqual(yield* since, Option.some(at(0)))
        yield* report(server, 2, [])
        deepStrictEqual(yield* since, Option.none())
        yield* report(server, 3, [id])
        deepStrictEqual(yield* since, Option.some(at(3)))
        yield* report(server, 4, [])
      })
    )

    it.effect("keeps a runner online that another process reports, until that report expires", () =>
      Effect.gen(function* () {
        const { id } = yield* aRegisteredRunner()
        const [server, other] = [crypto.randomUUID(), crypto.randomUUID()]
        yield* report(server, 0, [id])
        yield* report(other, 0, [id])
        deepStrictEqual(yield* eventsAbout(id, report(server, 10, [])), [])
        deepStrictEqual(yield* eventsAbout(id, report(server, 10.001, [])), ["runner.offline"])
      })
    )

    it.effect("keeps a runner online by its calls alone", () =>
      Effect.gen(function* () {
        const { id } = yield* aRegisteredRunner()
        const contact = { at: at(0), ip: Option.none(), version: Option.none() }
        yield* Effect.flatMap(RunnerStore.RunnerStore, (store) => store.touch(id, contact))
        const server = crypto.randomUUID()
        deepStrictEqual(yield* eventsAbout(id, report(server, 0, [])), ["runner.online"])
        deepStrictEqual(yield* eventsAbout(id, report(server, 20, [])), [])
        deepStrictEqual(yield* eventsAbout(id, report(server, 20.001, [])), ["runner.offline"])
      })
    )

    it.effect("adds one event for concurrent reports of many processes", () =>
      Effect.gen(function* () {
        const { id } = yield* aRegisteredRunner()
        const servers = Array.from({ length: 10 }, () => crypto.randomUUID())
        const all = (second: number, runners: ReadonlyArray<Ids.RunnerId>) =>
          Effect.map(race(servers.map((server) => report(server, second, runners))), (outcomes) =>
            deepStrictEqual(outcomes, Array(10).fill("ok"))
          )
        deepStrictEqual(yield* eventsAbout(id, all(0, [id])), ["runner.online"])
        deepStrictEqual(yield* eventsAbout(id, all(1, [])), ["runner.offline"])
      })
    )

    it.effect("reports nothing more about a removed runner", () =>
      Effect.gen(function* () {
        const { id } = yield* aRegisteredRunner()
        const server = crypto.randomUUID()
        yield* report(server, 0, [id])
        const remove = Effect.flatMap(RunnerStore.RunnerStore, (store) => store.remove(id))
        deepStrictEqual(yield* eventsAbout(id, Effect.zipRight(remove, report(server, 1, [id]))), ["runner.removed"])
        deepStrictEqual(yield* eventsAbout(id, report(server, 20, [])), [])
      })
    )
  })
