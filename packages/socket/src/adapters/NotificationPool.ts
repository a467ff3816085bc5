import { Client, type ClientConfig, Pool, type PoolClient, type QueryResult } from "pg"
import type { Outage } from "./outage.ts"

/** Milliseconds. A statement of the adapter is a single `pg_notify`. */
const TIMEOUT = 5000

/**
 * Gives `@socket.io/postgres-adapter` its connections. The adapter takes a `pg` pool, but never returns a lost
 * connection to it, so that a pool would have no connection left after some restarts of PostgreSQL. It also leaves a
 * lost connection without an error listener, which would end the process. Here each listening connection is one of its
 * own, and only the newest one is kept.
 */
export class NotificationPool {
  readonly #config: ClientConfig
  readonly #listening: Outage
  readonly #sending: Outage
  readonly #pool: Pool
  readonly #pending = new Set<Promise<unknown>>()
  #listener: Client | undefined
  #isClosed = false

  constructor(config: ClientConfig, outageOf: (part: string) => Outage) {
    this.#config = { keepAlive: true, connectionTimeoutMillis: TIMEOUT, query_timeout: TIMEOUT, ...config }
    this.#listening = outageOf("listening")
    this.#sending = outageOf("sending")
    // With a single connection, messages arrive in the order in which they were sent.
    this.#pool = new Pool({ ...this.#config, max: 1 })
    this.#pool.on("error", this.#sending.down)
  }

  /** Opens a new listening connection, and ends the one before. */
  async connect(): Promise<PoolClient> {
    this.#end()
    if (this.#isClosed) throw new Error("The notifier has ended")
    const client = new Client(this.#config)
    this.#listener = client
    client.on("error", this.#listening.down)
    try {
      await client.connect()
      this.#listening.up()
    } catch (error) {
      this.#listening.down(error)
      throw error
    }
    // The layer has ended in the meantime.
    if (this.#isClosed) this.#end()
    return Object.assign(client, { release: () => this.#end() })
  }

  /** Runs one statement. */
  query(text: string, values?: Array<unknown>): Promise<QueryResult> {
    const result = this.#pool.query(text, values)
    this.#pending.add(result)
    result.then(this.#sending.up, this.#sending.down).finally(() => this.#pending.delete(result))
    return result
  }

  /** Sends what is still to be sent, and closes all connections. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#end()
    await Promise.allSettled(this.#pending)
    await this.#pool.end()
  }

  #end(): void {
    const client = this.#listener
    this.#listener = undefined
    if (client === undefined) return
    // The adapter opens a new connection at this event.
    client.removeAllListeners("end")
    client.end().catch(() => undefined)
  }
}
