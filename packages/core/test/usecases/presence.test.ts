import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, TestClock } from "effect"
import type { RunnerId } from "../../src/domain/Ids.ts"
import { register } from "../support/actions.ts"
import { makeWatch } from "../support/calls.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"

const settings = { offlineAfter: Duration.seconds(60), contactInterval: Duration.zero }

/** Looks at the connections every second, as the loop does. */
const live = (seconds: number, ...processes: ReadonlyArray<Process>) =>
  Effect.gen(function* () {
    for (let second = 0; second < seconds; second++) {
      for (const process of processes) yield* process.presence
      yield* TestClock.adjust("1 second")
    }
  })

/** The events about the presence of runners so far. */
const presenceOf = ({ world }: Process) =>
  world.state.log
    .entries()
    .map(({ event }) => event.type)
    .filter((type) => type === "runner.online" || type === "runner.offline")

/** The id of a new runner. */
const aRunner = (server: Process, name = "gpu-1") =>
  Effect.map(register(server, name), () => {
    const found = Array.from(server.world.state.runners.values()).find((runner) => runner.name === name)
    if (found === undefined) throw new Error(`There is no runner ${name}`)
    return found.id
  })

/** A server, and the runners that are connected to it. */
const aServer = (given?: Process["world"]) =>
  Effect.gen(function* () {
    const runners: Array<RunnerId> = []
    const watch = makeWatch()
    const options = { settings, connected: () => runners, around: watch.around }
    return { server: yield* given === undefined ? aProcess(options) : startProcess(given, options), runners, watch }
  })

it.effect("a runner is online from its first connection, and offline a minute after its last one", () =>
  Effect.gen(function* () {
    const { runners, server } = yield* aServer()
    const id = yield* aRunner(server)
    yield* live(200, server)
    deepStrictEqual(presenceOf(server), ["runner.online", "runner.offline"])
    runners.push(id)
    yield* live(1, server)
    deepStrictEqual(presenceOf(server).slice(2), ["runner.online"])
    yield* live(300, server)
    runners.pop()
    yield* live(60, server)
    lengthIs(server, 3)
    yield* live(2, server)
    deepStrictEqual(presenceOf(server).slice(3), ["runner.offline"])
  })
)

const lengthIs = (server: Process, length: number) => assert.lengthOf(presenceOf(server), length)

it.effect("reconnects, also to another process, change nothing", () =>
  Effect.gen(function* () {
    const first = yield* aServer()
    const second = yield* aServer(first.server.world)
    const id = yield* aRunner(first.server)
    for (let round = 0; round < 10; round++) {
      const { runners } = round % 3 === 0 ? first : second
      runners.push(id)
      yield* live(70, first.server, second.server)
      runners.pop()
      yield* live(50, first.server, second.server)
    }
    deepStrictEqual(presenceOf(first.server), ["runner.online"])
  })
)

it.effect("the runners of a killed process are offline after its report has expired", () =>
  Effect.gen(function* () {
    const killed = yield* aServer()
    const left = yield* aServer(killed.server.world)
    const [lost, moved] = [yield* aRunner(killed.server, "lost"), yield* aRunner(killed.server, "moved")]
    killed.runners.push(lost, moved)
    yield* live(120, killed.server, left.server)
    lengthIs(left.server, 2)
    yield* live(20, left.server)
    left.runners.push(moved)
    yield* live(60, left.server)
    deepStrictEqual(presenceOf(left.server).slice(2), ["runner.offline"])
  })
)

it.effect("a restarted process gives runners the time to reconnect, and reports those that do not", () =>
  Effect.gen(function* () {
    const before = yield* aServer()
    const [lost, back] = [yield* aRunner(before.server, "lost"), yield* aRunner(before.server, "back")]
    before.runners.push(lost, back)
    yield* live(120, before.server)
    yield* TestClock.adjust("1 hour")
    const after = yield* aServer(before.server.world)
    yield* live(10, after.server)
    after.runners.push(back)
    yield* live(50, after.server)
    lengthIs(after.server, 2)
    yield* live(20, after.server)
    deepStrictEqual(presenceOf(after.server).slice(2), ["runner.offline"])
  })
)

it.effect("an idle process writes four reports a minute, and repeats one that failed", () =>
  Effect.gen(function* () {
    const { runners, server, watch } = yield* aServer()
    const id = yield* aRunner(server)
    runners.push(id)
    yield* live(120, server)
    const reports = watch.count("PresenceStore.report")
    yield* live(60, server)
    assert.strictEqual(watch.count("PresenceStore.report"), reports + 4)
    watch.breakDown((call) => call === "PresenceStore.report")
    yield* live(40, server)
    watch.breakDown(() => false)
    yield* live(40, server)
    deepStrictEqual(presenceOf(server), ["runner.online"])
  })
)

it.effect("a removed runner is disconnected by a process that missed the message", () =>
  Effect.gen(function* () {
    const { runners, server } = yield* aServer()
    const kept = yield* aRunner(server)
    const id = yield* aRunner(server, "gpu-2")
    runners.push(kept, id)
    yield* live(20, server)
    server.world.state.runners.delete(id)
    yield* live(15, server)
    deepStrictEqual(server.world.disconnected, [{ id, ping: true }])
    runners.pop()
    yield* live(100, server)
    lengthIs(server, 2)
    assert.lengthOf(server.world.disconnected, 1)
  })
)
