import { Chunk, DateTime, Duration, Option, Redacted } from "effect"
import type { Plain } from "./Plain.ts"

const isTagged = (value: object): boolean => "_tag" in value && typeof value._tag === "string"

/** Objects of classes, such as `Date` and `Error`, stay as they are. Effect's tagged unions have a prototype of their own. */
const isRecord = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || (isTagged(value) && !(value instanceof Error))
}

const recordOf = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key === "_tag" ? "kind" : key, convert(member)]))

const convertObject = (value: object): unknown => {
  if (Option.isOption(value)) return Option.isSome(value) ? convert(value.value) : undefined
  if (DateTime.isDateTime(value)) return DateTime.toDate(value)
  if (Duration.isDuration(value)) return Duration.toMillis(value)
  if (Redacted.isRedacted(value)) return convert(Redacted.value(value))
  if (Chunk.isChunk(value)) return Chunk.toReadonlyArray(value).map(convert)
  if (Array.isArray(value)) return value.map(convert)
  if (value instanceof Map) return new Map(Array.from(value, ([key, member]) => [convert(key), convert(member)]))
  if (value instanceof Set) return new Set(Array.from(value, convert))
  return isRecord(value) ? recordOf(value) : value
}

const convert = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? convertObject(value) : value

/** Converts a value of the core, at any depth, to the types that `Plain` names. Needs no list of fields. */
export const toPlain = <T>(value: T): Plain<T> => convert(value) as Plain<T>
