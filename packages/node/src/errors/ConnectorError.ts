import { statusOf } from "./statusOf.ts"

/** Facts of an error besides its message, such as the state of a job. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** What an error is made of. */
export interface ErrorFacts {
  readonly message: string
  readonly details?: ErrorDetails | undefined
  readonly cause?: unknown
}

/**
 * Every error of the connector. `code` is stable and names the class; the message is for people and may change. The cause
 * is the error of the database, the storage or the program below, where there is one.
 */
export abstract class ConnectorError extends Error {
  abstract readonly code: string
  /** Facts besides the message, such as the state of the job. */
  readonly details: ErrorDetails

  constructor({ cause, details = {}, message }: ErrorFacts) {
    super(message, cause === undefined ? undefined : { cause })
    this.details = details
    // A class may be renamed by a bundler. Its code is not.
    Object.defineProperty(this, "name", { configurable: true, get: () => this.code })
  }

  /** The HTTP status for a client whose request led to this error. Express and Fastify answer with it by themselves. */
  get status(): number {
    return statusOf(this.code)
  }
}
