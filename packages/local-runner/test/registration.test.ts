import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { LocalRunner } from "../src/index.ts"
import { instantFfmpeg, startRunner, temporaryFolder, testServer, until } from "./support/harness.ts"

it.scopedLive("stops and reports UnknownRunner when the server does not know it", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const errors: Array<string> = []
    const onStopped = (error: { readonly _tag: string }) => Effect.sync(() => void errors.push(error._tag))
    yield* startRunner(server, instantFfmpeg, { onStopped }, "ptrt-stranger")
    yield* until("the runner has stopped", () => errors.length > 0)
    expect(errors).toEqual(["UnknownRunner"])
    expect(server.callsOf("request")).toHaveLength(1)
  })
)

it.scopedLive("registers by itself, keeps its token, and registers again only when the server does not know it", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const workDirectory = yield* temporaryFolder
    const registration = { registrationToken: Redacted.make("ptrrt-test"), name: "kept" }
    const doOneJob = Effect.gen(function* () {
      const job = server.addJob()
      yield* startRunner(server, instantFfmpeg, { workDirectory, registration })
      yield* until("the job is done", () => job.state === "Completed")
    }).pipe(Effect.scoped)

    yield* doOneJob
    yield* doOneJob
    expect(server.callsOf("register")).toHaveLength(1)
    const token = server.jobs[1]?.runnerToken
    expect(server.jobs[0]?.runnerToken).toBe(token)
    const kept = yield* Effect.promise(() => readFile(join(workDirectory, "runner.json"), "utf8"))
    expect(JSON.parse(kept)).toMatchObject({ name: "kept", runnerToken: token })

    server.runners.clear()
    yield* doOneJob
    expect(server.callsOf("register")).toHaveLength(2)
  })
)

it.scopedLive("stops when its registration is refused", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const workDirectory = yield* temporaryFolder
    const registration = { registrationToken: Redacted.make("ptrrt-wrong"), name: "refused" }
    const running = LocalRunner.run({ url: server.url, workDirectory, registration })
    const environment = Layer.mergeAll(instantFfmpeg, NodeContext.layer, NodeHttpClient.layer)
    const error = yield* Effect.flip(Effect.provide(running, environment))
    expect(error).toMatchObject({ _tag: "RequestRefused", operation: "register", status: 404 })
  })
)
