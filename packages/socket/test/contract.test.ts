import { eventually, runnerNotifierContract } from "@runner-connector/contracts"
import { type Ids, RunnerStore, Tokens } from "@runner-connector/core"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import { connect, type RunnerClient } from "./support/clients.ts"
import { Host, notifierOn } from "./support/hosts.ts"
import { registered } from "./support/runners.ts"

class Connected extends Context.Tag("test/Connected")<Connected, RunnerClient & { readonly id: Ids.RunnerId }>() {}

const connected = Layer.scoped(
  Connected,
  Effect.gen(function* () {
    const { port } = yield* Host
    const token = yield* registered()
    const store = yield* RunnerStore.RunnerStore
    const { id } = yield* Effect.flatten(store.findByToken(yield* Tokens.hashToken(Redacted.make(token))))
    const client = yield* connect(port, token)
    yield* eventually(client.connected, (is) => is)
    return { ...client, id }
  }).pipe(Effect.orDie)
)

runnerNotifierContract("socket", {
  layer: Layer.provideMerge(connected, notifierOn()),
  pings: Effect.flatMap(Connected, ({ pings }) => pings),
  connection: Effect.map(Connected, ({ connected, id }) => ({ id, isOpen: connected })),
  interval: Duration.seconds(1)
})
