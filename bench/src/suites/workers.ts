import { fileURLToPath } from "node:url"
import { bundled } from "../../../scripts/bundle.mjs"
import { start } from "../children.ts"
import { makeClient, measure } from "../http.ts"
import { addRunner, type Rows } from "../rows.ts"
import { freePort, type Situation } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { measureCalls, type QueueResult, RUNNER, request } from "./queue.ts"

export interface WorkersResult extends Pick<QueueResult, "call" | "concurrency" | "perSecond" | "p50" | "p99"> {
  readonly workers: number
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
    const { databaseUrl, folder } = situation
    const env = { FOLDER: folder, DATABASE_URL: databaseUrl, PORT: String(await freePort()) }
    const server = await start<number>("./cluster.ts", { ...env, PROGRAM: program, WORKERS: String(count) })
    const client = makeClient(server.ready)
    await rows.run(addRunner(RUNNER, "bench"))
    await measure(concurrency, 300 * count, request(client), 200)
    const measured = await measureCalls(client, rows, { ...sizes, concurrencies: [concurrency] })
    for (const { call, p50, p99, perSecond } of measured) {
      results.push({ workers: count, call, concurrency, perSecond, p50, p99 })
    }
    client.close()
    await server.stop()
  }
  return results
}
