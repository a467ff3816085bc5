import { copyBytes, joinBytes } from "@runner-connector/core"
import { Effect, Either, Option } from "effect"
import { BodyTooLarge, MalformedBody } from "../http/ProtocolErrors.ts"
import type { BodySource, ReadError } from "./BodySource.ts"
import { decodeText } from "./decodeText.ts"

const MAX_DEPTH = 32

const malformed = (reason: string) => new MalformedBody({ reason })

/** Reads the whole body. Fails beyond the limit. */
const collect = Effect.fnUntraced(function* (source: BodySource, limit: number) {
  const chunks: Array<Uint8Array> = []
  let size = 0
  while (true) {
    const chunk = yield* source.next
    if (Option.isNone(chunk)) break
    size += chunk.value.length
    if (size > limit) return yield* new BodyTooLarge({ what: "The JSON body", limit })
    chunks.push(copyBytes(chunk.value))
  }
  return joinBytes(chunks)
})

/** Returns the reason to reject a parsed document: it is nested too deep, or it sets a prototype. */
const objectionTo = (value: unknown, depth: number): Option.Option<string> => {
  if (typeof value !== "object" || value === null) return Option.none()
  if (depth > MAX_DEPTH) return Option.some(`The body is nested deeper than ${MAX_DEPTH} levels`)
  if (Object.hasOwn(value, "__proto__")) return Option.some("The body has a member named __proto__")
  for (const member of Object.values(value)) {
    const objection = objectionTo(member, depth + 1)
    if (Option.isSome(objection)) return objection
  }
  return Option.none()
}

const parse = (text: string): Either.Either<unknown, MalformedBody> =>
  Either.try({ try: () => JSON.parse(text) as unknown, catch: () => malformed("The body is not JSON") })

/** Receives a JSON object. An empty body is an object without members. */
export const receive = Effect.fnUntraced(function* (
  source: BodySource,
  limit: number
): Effect.fn.Return<object, ReadError | BodyTooLarge> {
  const bytes = yield* collect(source, limit)
  if (bytes.length === 0) return {}
  const text = decodeText(bytes)
  if (text === undefined) return yield* malformed("The body is not UTF-8")
  const value = yield* parse(text)
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return yield* malformed("The body is not a JSON object")
  }
  const objection = objectionTo(value, 1)
  return Option.isNone(objection) ? value : yield* malformed(objection.value)
})
