import pg from "pg"

/** A statement as the driver got it. */
export interface Sent {
  readonly text: string
  readonly values: ReadonlyArray<unknown>
  /** Of a prepared statement. */
  readonly name?: string | undefined
}

let sent: Array<Sent> | undefined

/** The driver takes a text or an object, and values in it or after it. */
const sentBy = (first: unknown, second: unknown): Sent => {
  const given: Omit<Sent, "values"> & Partial<Sent> = typeof first === "string" ? { text: first } : (first as Sent)
  return { ...given, values: Array.isArray(second) ? second : (given.values ?? []) }
}

/** Other parts of the server, such as the consumers of events, send statements at the same time. */
const keep = (statement: Sent): void => {
  if (/runner_connector\.(claim_jobs|runner(_job)?)\b/.test(statement.text)) sent?.push(statement)
}

/** Observes every client of this process from now on. */
export const observe = (): void => {
  const query = pg.Client.prototype.query as (...args: Array<unknown>) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...args: Array<unknown>) {
    if (sent !== undefined) keep(sentBy(args[0], args[1]))
    return query.apply(this, args)
  } as typeof pg.Client.prototype.query
}

/** Begins to record, or ends and returns the statements since. */
export const record = (isOn: boolean): ReadonlyArray<Sent> => {
  const recorded = sent ?? []
  sent = isOn ? [] : undefined
  return recorded
}
