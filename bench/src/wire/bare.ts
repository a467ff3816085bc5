// The minimum cost of the hot calls: node:http, JSON, and the statements that the connector sends for the same calls.
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import pg from "pg"
import { sayReady } from "../children.ts"
import { answerTo, newToken, type Recorded, statementsOf } from "./replay.ts"

/** By the last part of the path: `request`, `accept` and `update`. */
const calls = new Map<string, { recorded: Recorded; statements: ReturnType<typeof statementsOf> }>()

const pool = new pg.Pool({ connectionString: String(process.env.DATABASE_URL), max: 20 })

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** The token of the job in a form. Accepted jobs get a new one. */
const jobTokenIn = (body: string): string => /ptrjt-[0-9a-f-]{36}/.exec(body)?.[0] ?? newToken()

const server = createServer(async (request, response) => {
  const body = await read(request)
  if (body.startsWith("{")) JSON.parse(body)
  const [name = "", jobId = ""] = (request.url ?? "").split("/").reverse()
  const call = calls.get(name)
  if (call === undefined) return void response.writeHead(404).end()
  const given = { jobId, jobToken: jobTokenIn(body), attemptId: randomUUID(), now: Date.now() }
  for (const statement of call.statements(given)) await pool.query({ ...statement, values: [...statement.values] })
  const answer = answerTo(call.recorded, given)
  if (answer === "") response.writeHead(204).end()
  else response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(answer)
})

process.on("message", (message: { readonly name: string; readonly recorded: Recorded } | "memory") => {
  if (message === "memory") return
  calls.set(message.name, { recorded: message.recorded, statements: statementsOf(message.recorded) })
  process.send?.({ kind: "learned", value: message.name })
})
server.listen(0, "127.0.0.1", () => sayReady((server.address() as AddressInfo).port))
process.on("SIGTERM", () => process.exit(0))
