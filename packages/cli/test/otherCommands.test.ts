import { EventConsumers, EventCursor, EventStore } from "@runner-connector/core"
import { Effect } from "effect"
import { assert, describe, it } from "vitest"
import { run } from "./support/commandLine.ts"
import { aFilm, connected, done, refused, rowsOf } from "./support/connected.ts"

describe("the commands about webhooks", () => {
  it("add, list, change and remove an endpoint, and show its secret once", () =>
    connected(
      Effect.gen(function* () {
        const url = "https://app.example/hook"
        const created = yield* run("webhooks", "create", url, "--type", "video.playable", "--description", "the app")
        done(created)
        const [id = "", secret = ""] = created.out.trim().split("\n")
        assert.match(secret, /^whsec_/)
        const row = Effect.map(rowsOf("webhooks", "list"), ([found]) => found)
        assert.deepInclude(yield* row, { id, url, enabled: "yes", types: "video.playable", description: "the app" })
        done(yield* run("webhooks", "update", id, "--enabled", "no", "--all-types", "--url", `${url}/2`))
        assert.deepInclude(yield* row, { url: `${url}/2`, enabled: "no", types: "all" })
        const rotated = yield* run("webhooks", "rotate-secret", id)
        done(rotated)
        assert.match(rotated.out, /^whsec_/)
        assert.notStrictEqual(rotated.out.trim(), secret)
        for (const shown of [yield* run("webhooks", "list"), yield* run("webhooks", "list", "--json")]) {
          assert.notInclude(shown.out, "whsec_")
        }
        assert.deepStrictEqual(yield* rowsOf("webhooks", "deliveries", "--endpoint", id), [])
        assert.deepStrictEqual(yield* rowsOf("webhooks", "replay", "--endpoint", id), { replayed: 0 } as never)
        refused(yield* run("webhooks", "replay"), "Give either --delivery or --endpoint.")
        refused(yield* run("webhooks", "replay", "--delivery", "x"), "There is no delivery x.")
        done(yield* run("webhooks", "delete", id))
        for (const command of ["delete", "rotate-secret", "update"]) {
          refused(yield* run("webhooks", command, id), `There is no webhook ${id}.`)
        }
        const insecure = yield* run("webhooks", "create", "ftp://app.example")
        assert.deepStrictEqual([insecure.failed, insecure.out], [true, ""])
      })
    ))
})

describe("the commands about events", () => {
  it("list events after a position and by type", () =>
    connected(
      Effect.gen(function* () {
        const { id } = yield* aFilm()
        const all = yield* rowsOf("events", "list")
        assert.isAtLeast(all.length, 2)
        for (const { video } of all) assert.strictEqual(video, id)
        const later = yield* rowsOf("events", "list", "--after", String(all[0]?.position))
        assert.deepStrictEqual(later, all.slice(1))
        const type = String(all[0]?.type)
        assert.deepStrictEqual(
          yield* rowsOf("events", "list", "--type", type),
          all.filter((event) => event.type === type)
        )
        const wrong = yield* run("events", "list", "--after", "yesterday")
        refused(wrong, "yesterday is no position. Positions look like 768.12.")
      })
    ))

  it("list, retry and forget consumers", () =>
    connected(
      Effect.gen(function* () {
        yield* aFilm()
        const { advance, claim } = yield* EventConsumers.EventConsumers
        const name = "the application"
        const own = { consumer: name, owner: "a test" }
        yield* claim(own, "1 minute")
        const [event] = yield* Effect.flatMap(EventStore.EventStore, ({ after }) => after(EventCursor.start, 1))
        if (event === undefined) return assert.fail("the film has no event")
        yield* advance(own, event, { attempts: 11, error: "refused", pause: undefined })
        const [row] = yield* rowsOf("events", "consumers")
        assert.deepStrictEqual(row, { name, position: event.cursor, postponed: 0, "given-up": 1 })
        assert.deepStrictEqual(yield* rowsOf("events", "retry", name), { retried: 1 } as never)
        done(yield* run("events", "forget", name))
        refused(yield* run("events", "forget", name), `There is no consumer ${name}.`)
      })
    ))
})

describe("other commands", () => {
  it("delete ended jobs and unused registration tokens, and refuse unknown ones", () =>
    connected(
      Effect.gen(function* () {
        const { id } = yield* aFilm()
        const [job] = yield* rowsOf("job", "list", "--video", id)
        const uuid = String(job?.uuid)
        assert.include((yield* run("why", uuid)).out, "waits for a runner")
        assert.include((yield* run("why", id)).out, "waits for a runner")
        done(yield* run("job", "cancel", uuid))
        done(yield* run("job", "delete", uuid))
        for (const command of ["delete", "cancel", "retry", "show"]) {
          refused(yield* run("job", command, uuid), `There is no job ${uuid}.`)
        }
        done({ ...(yield* run("registration-token", "create")), out: "" })
        const [token] = yield* rowsOf("registration-token", "list")
        done(yield* run("registration-token", "delete", String(token?.id)))
        assert.deepStrictEqual(yield* rowsOf("registration-token", "list"), [])
        const again = yield* run("registration-token", "delete", String(token?.id))
        assert.deepStrictEqual([again.failed, again.out], [true, ""])
      })
    ))

  it("start only lives with a stream, and stop only known ones", () =>
    connected(
      Effect.gen(function* () {
        const { id } = yield* aFilm()
        assert.deepStrictEqual(yield* rowsOf("live", "list"), [])
        const started = yield* run("live", "start", "https://stream.example/live", "--title", "A live", "--replay")
        assert.deepStrictEqual([started.failed, started.out], [true, ""])
        assert.notInclude(started.err, "stream.example")
        const start = (...rest: ReadonlyArray<string>) => run("live", "start", "rtmp://stream.example/live", ...rest)
        const urgent = yield* start("--priority", "urgent")
        refused(urgent, "urgent is no priority. Give high, normal, low, or a number from -10 to 10.")
        const labelled = yield* start("--label", "gpu", "--label", "No Label", "--tenant", "alice")
        assert.match(labelled.err, /labels.*1/s)
        refused(yield* run("live", "start"), "Give either the URL of the stream or --url-file.")
        const stopped = yield* run("live", "stop", id)
        assert.deepStrictEqual([stopped.failed, stopped.out], [true, ""])
        const unknown = crypto.randomUUID()
        refused(yield* run("live", "stop", unknown), `There is no video ${unknown}.`)
      })
    ))
})
