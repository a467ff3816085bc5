import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, type Vitest } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api, assertProblem } from "./Api.ts"
import { fixture } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import { exchange } from "./rawTcp.ts"
import { message } from "./recordedRunners.ts"
import { until } from "./waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./workspace.ts"

export const MAX_UPLOAD_SIZE = 300_000

/** A server with one video that waits for a runner. Tests send malformed requests to it. */
export class Refusing extends Context.Tag("e2e/Refusing")<
  Refusing,
  {
    readonly port: number
    readonly server: ExampleServer.ExampleServer
    readonly uuid: string
    /** The storage key of the upload. */
    readonly key: string
    readonly clip: Buffer
    /** All state that a request could change. */
    readonly state: Effect.Effect<string>
  }
>() {}

export const layer: Layer.Layer<Refusing> = Layer.scoped(
  Refusing,
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const port = yield* freePort
    const env = { LOCAL_RUNNER: "off", MAX_UPLOAD_SIZE: String(MAX_UPLOAD_SIZE) }
    const server = yield* ExampleServer.start({ dataDir, port, env })
    const client = api(server.url)
    const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
    const storage = filesBelow(join(dataDir, "storage"))
    const key = (yield* storage).find(([name]) => name.startsWith("uploads/"))?.[0] ?? ""
    const clip = yield* Effect.promise(() => readFile(fixture("moov-last.mp4")))
    const everything = Effect.all([storage, filesBelow(join(dataDir, "spool")), client.videos])
    const state = Effect.map(everything, (parts) => JSON.stringify(parts, null, 1))
    return { port, server, uuid, key, clip, state }
  })
)

/** The bytes of a request. The content length is added to the headers. */
export const raw = (
  method: string,
  path: string,
  headers: ReadonlyArray<string> = [],
  body: string | Uint8Array = ""
): Buffer => {
  const bytes = Buffer.from(body)
  const length = bytes.length === 0 ? [] : [`Content-Length: ${bytes.length}`]
  return message(`${method} ${path} HTTP/1.1`, ["Host: 127.0.0.1", ...headers, ...length], bytes)
}

/** The request and the status of its refusal. */
export interface Nonsense {
  readonly name: string
  readonly status: number
  readonly bytes: (scene: Refusing["Type"]) => Buffer
}

/** Asserts that each request is answered with its status and a problem document, and changes nothing. */
export const refuses = (it: Vitest.MethodsNonLive<Refusing, true>, cases: ReadonlyArray<Nonsense>): void => {
  for (const { bytes, name, status } of cases) {
    it.effect(`${name}: ${status}`, () =>
      Effect.gen(function* () {
        const scene = yield* Refusing
        const before = yield* scene.state
        const answer = yield* exchange(scene.port, bytes(scene))
        assert.isDefined(answer, "an answer before the server hangs up")
        assertProblem(answer, status)
        yield* until("the state is unchanged", scene.state, (now) => now === before)
      })
    )
  }
}

/** Asserts at the end that no request was logged as a server fault. */
export const noFault = (it: Vitest.MethodsNonLive<Refusing, true>): void => {
  it.effect("none of it was a fault of the server", () =>
    Effect.gen(function* () {
      const { server } = yield* Refusing
      assert.notMatch(yield* server.log, /WARN|ERROR|FATAL/)
      assert.strictEqual((yield* api(server.url).send("/readyz")).status, 200)
    })
  )
}
