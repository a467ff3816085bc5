import { FleetStore, Ids } from "@runner-connector/core"
import { Testing } from "@runner-connector/core/testing"
import { DateTime, Effect, Option } from "effect"
import { assert, describe, it } from "vitest"
import { secondsOf } from "../src/commands/videoEdit.ts"
import { run } from "./support/commandLine.ts"
import { aFilm, connected, done, refused, rowsOf } from "./support/connected.ts"

describe("the commands", () => {
  it("rename, label, pause, resume, drain and remove a runner", () =>
    connected(
      Effect.gen(function* () {
        yield* Testing.runner({ name: "one" })
        const state = Effect.map(rowsOf("runner", "list"), ([row]) => [row?.name, row?.state, row?.labels])
        const [row] = yield* rowsOf("runner", "list")
        const id = String(row?.id)
        done(yield* run("runner", "rename", id, "two"))
        done(yield* run("runner", "labels", "--label", "gpu", "--label", "fast", id))
        done(yield* run("runner", "pause", id))
        assert.deepStrictEqual(yield* state, ["two", "paused", "fast,gpu"])
        done(yield* run("runner", "drain", id))
        assert.deepStrictEqual(yield* state, ["two", "draining", "fast,gpu"])
        done(yield* run("runner", "resume", id))
        done(yield* run("runner", "labels", id))
        assert.deepStrictEqual(yield* state, ["two", "active", null])
        assert.isTrue((yield* run("runner", "labels", "--label", "not a label", id)).failed)
        done(yield* run("runner", "rename", id, "a\u001b[2J\nb"))
        for (const command of [["list"], ["show", id]]) {
          assert.include((yield* run("runner", ...command)).out, "a [2J b", "no code reaches a terminal")
        }
        done(yield* run("runner", "rename", id, "two"))
        const [other] = yield* rowsOf("runner", "list", "--search", "WO", "--state", "active", "--online", "no")
        assert.strictEqual(other?.name, "two")
        for (const filter of [
          ["--search", "three"],
          ["--state", "paused"],
          ["--online", "yes"]
        ]) {
          assert.deepStrictEqual(yield* rowsOf("runner", "list", ...filter), [])
        }
        const shown = yield* run("runner", "show", id)
        assert.match(shown.out, /^name +two$/m)
        assert.match(shown.out, /^quarantine +-$/m)
        const [changed] = [JSON.parse((yield* run("runner", "rename", "--json", id, "three")).out)]
        assert.deepInclude(changed, { name: "three", state: "active", labels: [], quarantine: null })
        assert.deepStrictEqual(yield* rowsOf("runner", "delete", id), { id: Number(id) } as never)
        for (const command of ["pause", "show", "delete"]) {
          refused(yield* run("runner", command, id), `There is no runner ${id}.`)
        }
      })
    ))

  it("show a quarantine until it is over, and then the trial job", () =>
    connected(
      Effect.gen(function* () {
        yield* Testing.runner({ name: "broken" })
        const [row] = yield* rowsOf("runner", "list")
        const id = Ids.RunnerId.make(Number(row?.id))
        const quarantined = (until: DateTime.Utc) =>
          Effect.flatMap(FleetStore.FleetStore, ({ change }) =>
            change(id, (runner) => {
              const quarantine = Option.some({ since: until, until, reason: "3 jobs failed" })
              return { ...runner, health: { ...runner.health, quarantines: 1, quarantine } }
            })
          )
        const shown = Effect.map(rowsOf("runner", "list"), ([row]) => row?.["quarantined until"])
        yield* quarantined(DateTime.unsafeMake("2999-01-01T00:00:00Z"))
        assert.strictEqual(yield* shown, "2999-01-01T00:00:00.000Z")
        yield* quarantined(DateTime.unsafeMake("2001-01-01T00:00:00Z"))
        assert.strictEqual(yield* shown, "trial")
      })
    ))

  it("create registration tokens with limits", () =>
    connected(
      Effect.gen(function* () {
        const words = ["--label", "gpu", "--expires", "2999-01-31T18:00:00Z", "--max-uses", "3"]
        const created = yield* run("registration-token", "create", ...words)
        assert.match(created.out, /^ptrrt-\S+\n$/, created.err)
        const [token] = yield* rowsOf("registration-token", "list")
        assert.deepInclude(token, { labels: "gpu", "max uses": 3, expires: "2999-01-31T18:00:00.000Z", uses: 0 })
        const past = yield* run("registration-token", "create", "--expires", "1969-01-01T00:00:00Z")
        assert.deepStrictEqual([past.failed, past.err], [true, "--expires is in the past.\n"])
      })
    ))

  it("filter, show, cancel and retry jobs, several at once", () =>
    connected(
      Effect.gen(function* () {
        const film = yield* aFilm()
        yield* aFilm("other")
        const jobs = yield* rowsOf("job", "list", "--video", film.id, "--ascending")
        const ids = jobs.map(({ uuid }) => String(uuid))
        assert.isAtLeast(ids.length, 2)
        const unknown = crypto.randomUUID()
        const partly = yield* run("job", "cancel", unknown, ...ids)
        assert.strictEqual(partly.err, `There is no job ${unknown}.\n1 of ${ids.length + 1} were refused.\n`)
        const cancelled = yield* rowsOf("job", "list", "--state", "Cancelled")
        assert.sameMembers(
          cancelled.map(({ uuid }) => uuid),
          ids
        )
        const shown = JSON.parse((yield* run("job", "show", "--json", ids[0] ?? "")).out)
        assert.deepInclude(shown, { uuid: ids[0], state: { id: 6, label: "Cancelled" } })
        assert.match((yield* run("job", "show", ids[0] ?? "")).out, /^state +\{"id":6,"label":"Cancelled"\}$/m)
        assert.lengthOf(yield* rowsOf("job", "list", "--search", String(ids[0])), 1)
        assert.deepStrictEqual(yield* rowsOf("job", "list", "--label", "gpu"), [])
        const ended = yield* run("job", "priority", "--to", "high", ids[0] ?? "")
        assert.strictEqual(ended.failed, true)
        const outcomes = yield* run("job", "retry", "--json", unknown, ...ids)
        assert.deepStrictEqual(JSON.parse(outcomes.out), [
          { uuid: unknown, error: `There is no job ${unknown}.` },
          ...ids.map((uuid) => ({ uuid, error: null }))
        ])
        assert.deepStrictEqual([outcomes.failed, outcomes.err], [true, `1 of ${ids.length + 1} were refused.\n`])
        done(yield* run("job", "priority", "--to=-5", ...ids))
        done(yield* run("video", "priority", "--to", "high", film.id))
        const wrong = yield* run("video", "priority", "--to", "11", film.id)
        assert.include(wrong.err, "11 is no priority.")
        assert.deepStrictEqual(yield* rowsOf("job", "list", "--state", "Cancelled"), [])
      })
    ))

  it("list all rows or report missing ones, in plain columns", () =>
    connected(
      Effect.gen(function* () {
        const names = Array.from({ length: 103 }, (_, index) => `film-${index}`)
        yield* Effect.forEach(names, aFilm)
        const some = yield* run("video", "list")
        assert.lengthOf(some.out.trim().split("\n"), 101)
        assert.include(some.err, "There are more than 100 rows.")
        assert.notInclude(some.out, "\u001b")
        assert.lengthOf(yield* rowsOf("video", "list", "--all"), 103)
        assert.lengthOf(yield* rowsOf("video", "list", "--search", "film-10"), 4)
      })
    ))

  it("show and change a video, and ask for work on it", () =>
    connected(
      Effect.gen(function* () {
        const { id } = yield* aFilm()
        done(yield* run("video", "title", id, "Another title"))
        const shown = JSON.parse((yield* run("video", "show", "--json", id)).out)
        assert.deepInclude(shown, { uuid: id, title: "Another title", state: "ToTranscode" })
        assert.match((yield* run("video", "show", id)).out, /^title +Another title$/m)
        done(yield* run("video", "priority", "--to=-5", id))
        assert.deepInclude(JSON.parse((yield* run("video", "show", "--json", id)).out), { priority: -5 })
        const { id: second } = yield* aFilm("other")
        const jobs = yield* rowsOf("job", "list")
        const unknown = crypto.randomUUID()
        const cancelled = yield* run("video", "cancel", "--json", id, unknown, second)
        const sentences = `There is no video ${unknown}.\n1 of 3 were refused.\n`
        assert.deepStrictEqual([cancelled.failed, cancelled.err], [true, sentences])
        assert.lengthOf(JSON.parse(cancelled.out), jobs.length)
        assert.lengthOf(yield* rowsOf("video", "retry", id, second), jobs.length)
        done(yield* run("video", "delete", second))
        done(yield* run("video", "metadata", id, '{"shelf": 7}'))
        assert.deepInclude(JSON.parse((yield* run("video", "show", "--json", id)).out), { metadata: { shelf: 7 } })
        assert.isTrue((yield* run("video", "metadata", id, "[]")).failed)
        assert.lengthOf(yield* rowsOf("video", "list", "--search", id), 1)
        const edited = yield* run("video", "edit", id, "--from", "0:10", "--remove", "20-25")
        assert.deepStrictEqual([edited.failed, edited.out], [true, ""])
        const figures = JSON.parse((yield* run("overview", "--json")).out)
        assert.strictEqual(figures.videos.total, 1)
        assert.include((yield* run("capabilities")).out, "No runner is registered.")
        assert.deepStrictEqual((yield* rowsOf("settings"))[0]?.name, "PORT")
        done(yield* run("video", "delete", id))
        assert.deepStrictEqual(yield* rowsOf("video", "list"), [])
      })
    ))
})

describe("times of an edit", () => {
  const times: ReadonlyArray<readonly [string, number | undefined]> = [
    ["90", 90],
    ["90.5", 90.5],
    ["1:30.5", 90.5],
    ["1:00:00.1", 3600.1],
    ["1:60", 60 + 60],
    ["1:2:3:4", undefined],
    ["ten", undefined]
  ]
  it.each(times)("%s", async (text, seconds) => {
    const found = await Effect.runPromise(Effect.orElseSucceed(secondsOf(text), () => undefined))
    assert.strictEqual(found, seconds)
  })
})
