import { Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { attemptOf } from "../engine/attempt.ts"

/** Removes the secrets of a job from a message of its runner, because others read the message. */
export type RedactSecrets = (id: JobId, message: string) => Effect.Effect<string, PersistenceError>

/** Redaction over the ports. */
export const makeRedactSecrets: Effect.Effect<RedactSecrets, never, JobStore | JobTypes> = Effect.gen(function* () {
  const store = yield* JobStore
  const read = yield* attemptOf
  return (id, message) =>
    Effect.gen(function* () {
      const [job] = yield* store.family(id)
      const known = job === undefined ? Option.none() : read(job)
      return Option.match(known, {
        onNone: () => message,
        onSome: ({ content, type }) => type.redactSecrets?.(message, content) ?? message
      })
    })
})
