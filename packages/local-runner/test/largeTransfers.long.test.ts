import { truncate } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { fakeFfmpeg, inputOf, instantFfmpeg, startRunner, testServer, until } from "./support/harness.ts"

const MEBIBYTE = 1024 ** 2

/** 1.5 times the memory limit, so that a file held in memory is detected. The result file is sparse. */
const LARGE = 300 * MEBIBYTE

/** In MiB. The maximum measured was about 95, most of it uncollected garbage of the runner and both servers. */
const MOST_GROWTH = 200

/** Longer than the time limit within the test. */
const LARGE_TIMEOUT = 90_000

/** The maximum growth in MiB of this process, which contains the runner and both servers. */
const memoryGrowth: Effect.Effect<() => number, never, Scope.Scope> = Effect.gen(function* () {
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(watch)))
  return () => (most - before) / MEBIBYTE
})

it.scopedLive(
  "sends a large result with its length in bounded memory",
  () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const job = server.addJob()
      const large = fakeFfmpeg((_, write) =>
        Effect.flatMap(write("made"), ([media = ""]) => Effect.promise(() => truncate(media, LARGE)))
      )
      const growth = yield* memoryGrowth
      yield* startRunner(server, large)
      yield* until("the job is done", () => job.state === "Completed")
      const [success] = server.callsOf("success")
      expect(success?.size).toBeGreaterThan(LARGE)
      expect(success?.headers["content-length"]).toBe(`${success?.size}`)
      expect(growth()).toBeLessThan(MOST_GROWTH)
    }),
  LARGE_TIMEOUT
)

it.scopedLive(
  "downloads a large source in bounded memory",
  () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const block = Buffer.alloc(MEBIBYTE)
      const source = createServer(async (_, response) => {
        response.writeHead(200, { "content-length": LARGE })
        for (let sent = 0; sent < LARGE; sent += block.length) {
          if (!response.write(block)) await new Promise((resolve) => response.once("drain", resolve))
        }
        response.end()
      })
      yield* Effect.promise(() => new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve)))
      yield* Effect.addFinalizer(() => Effect.sync(() => source.close()))
      const address = `http://127.0.0.1:${(source.address() as AddressInfo).port}/source`
      const job = server.addJob({ payload: inputOf(address) })
      const growth = yield* memoryGrowth
      yield* startRunner(server, instantFfmpeg)
      yield* until("the job is done", () => job.state === "Completed")
      expect(growth()).toBeLessThan(MOST_GROWTH)
    }),
  LARGE_TIMEOUT
)
