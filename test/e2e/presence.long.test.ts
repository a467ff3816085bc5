import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer, Logger, LogLevel } from "effect"
import { connect } from "../../packages/socket/test/support/clients.ts"
import { connectedRunner } from "./support/connectedRunner.ts"
import { serverPair } from "./support/serverPair.ts"
import { until } from "./support/waiting.ts"

/** Long enough for a busy machine: a server that reports no contact for so long loses its runners. */
const env = { LOCAL_RUNNER: "off", RUNNER_OFFLINE_AFTER: "15 seconds", RUNNER_CONTACT_INTERVAL: "500 millis" }

interface Seen {
  readonly type: string
  readonly runner: number
}

it.scopedLive(
  "runners of a killed server are offline, unless they connect to another one",
  () =>
    Effect.gen(function* () {
      const pair = yield* serverPair(env, env)
      const { first, second } = pair
      const sql = Context.get(yield* Layer.build(PgClient.layer({ url: pair.databaseUrl })), PgClient.PgClient)
      const presence = Effect.orDie(sql<Seen>`SELECT type, runner_id AS runner FROM runner_connector.event
        WHERE type IN ('runner.online', 'runner.offline') ORDER BY sequence`)
      const online = (count: number) => until(`${count} events`, presence, (all) => all.length === count)

      const moving = yield* connectedRunner([first, second], first)
      const [{ runner: movingId } = { runner: 0 }] = yield* online(1)
      const lost = yield* connectedRunner([first, second], first)
      const lostId = (yield* online(2))[1]?.runner
      moving.socket.disconnect()
      const moved = yield* connect(Number(new URL(second.url).port), moving.token)
      yield* until("the runner has moved", moved.connected, (is) => is)
      assert.isTrue(yield* lost.connected)

      yield* first.kill
      yield* until("a runner is offline", presence, (all) => all.length > 2)
      deepStrictEqual(
        (yield* presence).map(({ runner, type }) => [type, runner]),
        [
          ["runner.online", movingId],
          ["runner.online", lostId],
          ["runner.offline", lostId]
        ]
      )
      moved.socket.disconnect()
      yield* until("the other runner is offline as well", presence, (all) => all.length === 4)
      deepStrictEqual((yield* presence)[3], { type: "runner.offline", runner: movingId })
    }).pipe(Effect.provide(Logger.minimumLogLevel(LogLevel.Warning))),
  300_000
)
