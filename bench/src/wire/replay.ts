import { createHash, randomUUID } from "node:crypto"
import type { Sent } from "./recorder.ts"

/** One call of a runner that the connector answered, and the statements that it sent for it. */
export interface Recorded {
  readonly statements: ReadonlyArray<Sent>
  readonly jobId: string
  readonly jobToken: string
  readonly answer: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The facts of a call that differ from the recorded one. */
export interface Given {
  readonly jobId: string
  readonly jobToken: string
  readonly attemptId: string
  readonly now: number
}

type Value = (given: Given) => unknown

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The form in which the connector stores job tokens. */
const storedJobToken = (token: string): string => sha256(sha256(token))

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const moment = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

const valueFor = (recorded: Recorded, value: unknown): Value => {
  const { at, jobId, jobToken } = recorded
  if (typeof value !== "string") return () => value
  if (value === jobId) return (given) => given.jobId
  if (value === storedJobToken(jobToken)) return (given) => storedJobToken(given.jobToken)
  if (uuid.test(value)) return (given) => given.attemptId
  if (moment.test(value)) {
    const since = Date.parse(value) - at
    return ({ now }) => new Date(now + since).toISOString()
  }
  return jobId !== "" && value.includes(jobId) ? (given) => value.replaceAll(jobId, given.jobId) : () => value
}

/** The recorded statements with the values of another call. */
export const statementsOf = (recorded: Recorded): ((given: Given) => ReadonlyArray<Sent>) => {
  const prepared = recorded.statements.map(({ name, text, values }) => ({
    text,
    values: values.map((value) => valueFor(recorded, value)),
    ...(name === undefined ? {} : { name })
  }))
  return (given) => prepared.map(({ values, ...rest }) => ({ ...rest, values: values.map((value) => value(given)) }))
}

/** The recorded answer for another job. */
export const answerTo = ({ answer, jobId, jobToken }: Recorded, given: Given): string =>
  jobId === "" ? answer : answer.replaceAll(jobId, given.jobId).replaceAll(jobToken, given.jobToken)

export const newToken = (): string => `ptrjt-${randomUUID()}`
