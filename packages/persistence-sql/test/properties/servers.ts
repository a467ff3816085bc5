import { createInterface } from "node:readline"
import { Deferred, Effect } from "effect"
import { spawnScript } from "../../../../test/fixtures/spawnScript.ts"
import type { Order, Report } from "./order.ts"

const script = new URL("./server.ts", import.meta.url)

/** Starts a server in a process of its own, which is killed when the scope is closed; gives what it reports at its end. */
export const startServer = (order: Order, onCommand: () => void) =>
  Effect.gen(function* () {
    const report = yield* Deferred.make<Report, Error>()
    yield* Effect.acquireRelease(
      Effect.map(spawnScript(script, order), (child) => {
        let said = ""
        child.stderr.on("data", (chunk: Buffer) => {
          said += chunk.toString()
        })
        createInterface(child.stdout).on("line", (line) => {
          if (line === ".") return onCommand()
          if (line.startsWith("{")) Deferred.unsafeDone(report, Effect.succeed(JSON.parse(line) as Report))
          else said += `${line}\n`
        })
        // Does nothing when it has reported.
        child.once("close", () => Deferred.unsafeDone(report, Effect.fail(new Error(`${order.name} ended: ${said}`))))
        return child
      }),
      (child) =>
        Effect.async<void>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
          child.once("close", () => resume(Effect.void))
          child.kill("SIGKILL")
        })
    )
    return Deferred.await(report)
  })
