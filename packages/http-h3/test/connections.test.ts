import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Effect, TestClock } from "effect"
import { aConnection, head } from "./support/raw.ts"
import { aServer } from "./support/server.ts"

const { R, formType } = Wire.Client

const R_SUCCESS = `${R}/jobs/${crypto.randomUUID()}/success`
const size = "content-length: 100000"

/** Requests that send no further byte after these lines and this beginning of a body. */
const unfinished: ReadonlyArray<readonly [name: string, request: string, status: string]> = [
  ["JSON", `${head(`POST ${R}/jobs/request HTTP/1.1`, "host: a", size, "content-type: application/json")}{`, "408"],
  ["form", `${head(`POST ${R_SUCCESS} HTTP/1.1`, "host: a", size, `content-type: ${formType()}`)}--`, "408"],
  ["body that nobody reads", `${head("POST /nowhere HTTP/1.1", "host: a", size)}x`, "404"]
]

layer(Wire.World.layer())("connections", (it) => {
  for (const [name, request, status] of unfinished) {
    it.scoped(`with an unfinished ${name} are closed`, () =>
      Effect.gen(function* () {
        const { port } = yield* aServer()
        const { received, socket, write } = yield* aConnection(port)
        yield* write(request)
        // The clock must not move before the server has begun to wait.
        yield* eventually(
          Effect.zipRight(
            TestClock.adjust("10 seconds"),
            Effect.sync(() => socket.closed)
          ),
          (isClosed) => isClosed
        )
        assert.include(yield* received, `HTTP/1.1 ${status}`)
      })
    )
  }

  it.scoped("of one address are limited, and each that closes makes room", () =>
    Effect.gen(function* () {
      const { port } = yield* aServer({ maxConnectionsPerAddress: 3 })
      const ask = (connection: { readonly write: (text: string) => Effect.Effect<void> }) =>
        connection.write(head(`GET ${R}/openapi.json HTTP/1.1`, "host: a"))
      const kept = yield* Effect.replicateEffect(aConnection(port), 3)
      yield* Effect.forEach(kept, ask)
      yield* eventually(kept[2]?.received ?? Effect.succeed(""), (text) => text.startsWith("HTTP/1.1 200"))
      const refused = yield* aConnection(port)
      deepStrictEqual(yield* refused.ended, "")
      kept[0]?.socket.destroy()
      yield* eventually(
        Effect.gen(function* () {
          const next = yield* aConnection(port)
          yield* ask(next)
          return yield* Effect.raceFirst(
            next.ended,
            eventually(next.received, (text) => text !== "")
          )
        }).pipe(Effect.scoped),
        (text) => text.startsWith("HTTP/1.1 200")
      )
    })
  )

  it.scoped("have a limited time for the head of a request", () =>
    Effect.gen(function* () {
      const { server } = yield* aServer()
      deepStrictEqual([server.headersTimeout, server.requestTimeout], [30_000, 0])
    })
  )
})
