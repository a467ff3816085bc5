import { type Child, start } from "../children.ts"
import { type Client, makeClient } from "../http.ts"
import { addJobs, addRunner, clearJobs, pendingIds, type Rows } from "../rows.ts"
import type { Situation } from "../situation.ts"
import { accept, RUNNER, request, update } from "../suites/queue.ts"
import type { Sent } from "./recorder.ts"
import type { Recorded } from "./replay.ts"

/** A server that is measured. */
export interface Target {
  readonly name: string
  readonly client: Client
  /** Its process. 0: unknown. */
  readonly pid: number
  readonly stop: () => Promise<void>
}

const targetOf = (name: string, child: Child<number>): Target => {
  const client = makeClient(child.ready)
  return {
    name,
    client,
    pid: child.pid,
    stop: async () => {
      client.close()
      await child.stop()
    }
  }
}

export interface Both {
  readonly connector: Target
  readonly bare: Target
}

/** Makes each call once and shows it to the bare server. The second of each kind is recorded: the first one prepares. */
const teach = async (server: Child<number>, bare: Child<number>, client: Client, rows: Rows): Promise<void> => {
  await rows.run(addRunner(RUNNER, "bench"))
  await rows.run(clearJobs)
  await rows.run(addJobs("Pending", 10))
  const ids = await rows.run(pendingIds(10))
  const tokens: Array<string> = []
  const calls = { request: request(client), accept: accept(client, ids, tokens), update: update(client, ids, tokens) }
  for (const [name, call] of Object.entries(calls)) {
    await call(0)
    await server.ask("recording", { record: true })
    const { body } = await call(1)
    const statements = (await server.ask("recording", { record: false })) as ReadonlyArray<Sent>
    const isRequest = name === "request"
    const recorded: Recorded = {
      statements,
      jobId: isRequest ? "" : (ids[1] ?? ""),
      jobToken: isRequest ? "" : (tokens[1] ?? ""),
      answer: body,
      at: Date.now()
    }
    await bare.ask("learned", { name, recorded })
  }
}

/** Starts a connector, and a bare server that knows its statements. */
export const startBoth = async (situation: Situation, rows: Rows): Promise<Both> => {
  const server = await situation.startServer({ RECORD: "1" })
  const bare = await start<number>("./wire/bare.ts", { DATABASE_URL: situation.databaseUrl })
  const connector = targetOf("connector", server)
  await teach(server, bare, connector.client, rows)
  return { connector, bare: targetOf("bare", bare) }
}
