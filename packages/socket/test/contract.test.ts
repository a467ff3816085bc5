import { eventually, runnerNotifierContract } from "@runner-connector/contracts"
import { Context, Duration, Effect, Layer } from "effect"
import { connect, type RunnerClient } from "./support/clients.ts"
import { Host, notifierOn } from "./support/hosts.ts"
import { registered } from "./support/runners.ts"

class Connected extends Context.Tag("test/Connected")<Connected, RunnerClient>() {}

const connected = Layer.scoped(
  Connected,
  Effect.gen(function* () {
    const { port } = yield* Host
    const client = yield* connect(port, yield* registered())
    yield* eventually(client.connected, (is) => is)
    return client
  })
)

runnerNotifierContract("socket", {
  layer: Layer.provideMerge(connected, notifierOn()),
  pings: Effect.flatMap(Connected, ({ pings }) => pings),
  maxWait: Duration.seconds(5),
  pingsOf: () => 1
})
