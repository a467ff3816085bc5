import { fileURLToPath } from "node:url"
import { bundled } from "../../../scripts/bundle.mjs"
import { freePort } from "../../../test/fixtures/freePort.mjs"
import { start } from "../children.ts"
import { makeClient, measure } from "../http.ts"
import { cpuTimeWithChildren } from "../processTime.ts"
import { addRunner, type Rows } from "../rows.ts"
import type { Situation } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { measureCalls, type QueueResult, RUNNER, request, type Watch } from "./queue.ts"

/** Cores in use, as CPU time by elapsed time. Only Linux reports those of other processes. */
interface Cores {
  /** The benchmark, which plays the runners. */
  readonly clientCores: number
  /** All processes of the server. */
  readonly serverCores: number
  readonly databaseCores: number
  /** CPU time of the server for a call, in milliseconds. */
  readonly serverCpu: number
  /** Calls a second of one process that has a core of its own and a fast enough database. */
  readonly ceilingPerProcess: number
}

export interface WorkersResult extends Pick<QueueResult, "call" | "concurrency" | "perSecond" | "p50" | "p99">, Cores {
  readonly workers: number
}

const rounded = (value: number): number => Math.round(value * 100) / 100

/** Observes how much of the cores each side uses. */
const watchCores =
  (serverPid: number, databasePid: number): Watch<Cores> =>
  async (run) => {
    const readAll = () => {
      const { system, user } = process.cpuUsage()
      return [(system + user) / 1000, cpuTimeWithChildren(serverPid), cpuTimeWithChildren(databasePid)]
    }
    const [before, began] = [readAll(), performance.now()]
    const measured = await run()
    const elapsed = performance.now() - began
    const [client = 0, server = 0, database = 0] = readAll().map((now, index) => now - (before[index] ?? 0))
    return {
      ...measured,
      clientCores: rounded(client / elapsed),
      serverCores: rounded(server / elapsed),
      databaseCores: rounded(database / elapsed),
      serverCpu: rounded(server / measured.calls),
      ceilingPerProcess: Math.round((1000 * measured.calls) / server)
    }
  }

/** The most frequent runner calls, with several processes on one port. */
export const workers = async (
  situation: Situation,
  rows: Rows,
  sizes: Sizes
): Promise<ReadonlyArray<WorkersResult>> => {
  const results: Array<WorkersResult> = []
  const program = await bundled(fileURLToPath(new URL("../server.ts", import.meta.url)))
  const concurrency = sizes.concurrencies.at(-1) ?? 1
  for (const count of sizes.workers) {
    const { databasePid, databaseUrl, folder } = situation
    const env = { FOLDER: folder, DATABASE_URL: databaseUrl, PORT: String(await freePort()) }
    const server = await start<number>("./cluster.ts", { ...env, PROGRAM: program, WORKERS: String(count) })
    const client = makeClient(server.ready)
    await rows.run(addRunner(RUNNER, "bench"))
    await measure(concurrency, 300 * count, request(client), 200)
    const chosen = { ...sizes, concurrencies: [concurrency] }
    for (const measured of await measureCalls(client, rows, chosen, watchCores(server.pid, databasePid))) {
      const { calls: _, finished: __, pending: ___, ...shown } = measured
      results.push({ workers: count, ...shown })
    }
    client.close()
    await server.stop()
  }
  return results
}
