import { attemptOf } from "@runner-connector/core"
import { Cause, Effect, Either } from "effect"
import { jobPayload } from "../jobs/jobPayload.ts"

/** Applies `change` to every text in the value. */
const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === "string") return change(value)
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, change)]))
}

/** Builds the payload that administrators read, without secrets that only the runner needs. */
export const listedPayload: typeof jobPayload = Effect.gen(function* () {
  const payloadOf = yield* jobPayload
  const attempt = yield* attemptOf
  return (job) =>
    Either.gen(function* () {
      const { content, type } = yield* Either.fromOption(attempt(job), () => new Cause.NoSuchElementException())
      const payload = yield* payloadOf(job)
      const { redactSecrets } = type
      return redactSecrets === undefined ? payload : mapTexts(payload, (text) => redactSecrets(text, content))
    })
})
