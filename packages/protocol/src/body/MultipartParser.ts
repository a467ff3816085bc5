import { copyBytes } from "@runner-connector/core"
import { Either, Option } from "effect"
import * as HeaderValue from "../http/HeaderValue.ts"
import { fileNameOf } from "./fileNameOf.ts"

/** The headers of a part. */
export interface PartHead {
  readonly name: string
  /** Present, possibly empty, when the part is a file. As the sender wrote it: no name for a file here. */
  readonly filename: Option.Option<string>
  readonly contentType: Option.Option<string>
}

/** The events of a form in their order. `Bytes` are views into the pushed bytes, or into a copy of them. */
export type PartEvent =
  | { readonly _tag: "Begin"; readonly head: PartHead }
  | { readonly _tag: "Bytes"; readonly bytes: Uint8Array }
  | { readonly _tag: "End" }

/**
 * Reads `multipart/form-data` piece by piece. Holds no more than a head and the length of a delimiter, in copies.
 *
 * docs/decisions.md compares it with `@fastify/busboy` and `@effect/platform`.
 */
export interface MultipartParser {
  /** Returns the events of these bytes, or an error as a sentence. After an error the parser is unusable. */
  readonly push: (bytes: Uint8Array) => Either.Either<ReadonlyArray<PartEvent>, string>
  /** True after the closing delimiter. */
  readonly isClosed: () => boolean
}

const MAX_PREAMBLE = 16 * 1024
const MAX_HEAD = 16 * 1024
const CR = 13
const LF = 10
const DASH = 45
const LINE_END = "\r\n"
const HEAD_END = "\r\n\r\n"
const boundaryPattern = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

const encoder = new TextEncoder()
const decoder = new TextDecoder()

type State = "preamble" | "delimiter" | "head" | "content" | "closed"
/** The next state and the rest of the bytes. With `wait` these are kept until more arrive. */
type Step = { readonly state: State; readonly bytes: Uint8Array; readonly wait: boolean }

/** Returns none when the standard does not allow the boundary. */
export const make = (boundary: string): Option.Option<MultipartParser> =>
  boundaryPattern.test(boundary) ? Option.some(makeParser(encoder.encode(`\r\n--${boundary}`))) : Option.none()

/** The states that read up to the next delimiter. */
type Scanning = Extract<State, "preamble" | "content">

/** Emits the bytes before the next delimiter. Keeps bytes that may begin one. */
const makeScan = (delimiter: Uint8Array) => {
  const find = makeFinder(delimiter)
  return (state: Scanning, bytes: Uint8Array, emit: (bytes: Uint8Array) => void): Step => {
    const at = find(bytes)
    const end = at < 0 ? bytes.length - possibleDelimiter(bytes, delimiter) : at
    if (end > 0) emit(bytes.subarray(0, end))
    if (at < 0) return { state, bytes: bytes.subarray(end), wait: true }
    return { state: "delimiter", bytes: bytes.subarray(at + delimiter.length), wait: false }
  }
}

const afterDelimiter = (bytes: Uint8Array): Step | string => {
  if (bytes.length < 2) return { state: "delimiter", bytes, wait: true }
  const [first, second] = bytes
  if (first === DASH && second === DASH) return { state: "closed", bytes, wait: false }
  if (first === CR && second === LF) return { state: "head", bytes, wait: false }
  return "A delimiter is not followed by a line end"
}

const readHead = (bytes: Uint8Array, events: Array<PartEvent>): Step | string => {
  const at = findHeadEnd(bytes)
  // The end of a head of the largest size may be incomplete.
  const isTooLarge = at < 0 ? bytes.length >= MAX_HEAD + HEAD_END.length : at > MAX_HEAD
  if (isTooLarge) return "The head of a part is too large"
  if (at < 0) return { state: "head", bytes, wait: true }
  const read = parseHead(decoder.decode(bytes.subarray(0, at)))
  if (Option.isNone(read)) return "The head of a part is malformed"
  events.push({ _tag: "Begin", head: read.value })
  return { state: "content", bytes: bytes.subarray(at + HEAD_END.length), wait: false }
}

/** Makes one step of a form. Only the size of the preamble is kept between steps. */
const makeStep = (delimiter: Uint8Array) => {
  const scan = makeScan(delimiter)
  let preamble = 0
  return (state: State, bytes: Uint8Array, events: Array<PartEvent>): Step | string => {
    switch (state) {
      case "preamble": {
        const next = scan(state, bytes, (skipped) => {
          preamble += skipped.length
        })
        return preamble > MAX_PREAMBLE ? "The form does not begin with its delimiter" : next
      }
      case "delimiter":
        return afterDelimiter(bytes)
      case "head":
        return readHead(bytes, events)
      case "content": {
        const next = scan(state, bytes, (piece) => void events.push({ _tag: "Bytes", bytes: piece }))
        if (!next.wait) events.push({ _tag: "End" })
        return next
      }
      case "closed":
        return { state, bytes: new Uint8Array(), wait: true }
    }
  }
}

const makeParser = (delimiter: Uint8Array): MultipartParser => {
  const step = makeStep(delimiter)
  let state: State = "preamble"
  // The first delimiter of a form has no line end before it.
  let kept = encoder.encode(LINE_END)

  const push = (added: Uint8Array): Either.Either<ReadonlyArray<PartEvent>, string> => {
    const events: Array<PartEvent> = []
    let bytes = joined(kept, added)
    while (true) {
      const next = step(state, bytes, events)
      if (typeof next === "string") return Either.left(next)
      state = next.state
      bytes = next.bytes
      if (!next.wait) continue
      kept = copyBytes(bytes)
      return Either.right(events)
    }
  }

  return { push, isClosed: () => state === "closed" }
}

const joined = (kept: Uint8Array, added: Uint8Array): Uint8Array => {
  if (kept.length === 0) return added
  const bytes = new Uint8Array(kept.length + added.length)
  bytes.set(kept)
  bytes.set(added, kept.length)
  return bytes
}

/** Returns how many of the last bytes may begin a delimiter. Only the first byte of a delimiter is a CR. */
const possibleDelimiter = (bytes: Uint8Array, delimiter: Uint8Array): number => {
  // An earlier CR begins no delimiter that ends after these bytes, and a large piece may have none at all.
  const tail = bytes.subarray(Math.max(0, bytes.length - delimiter.length + 1))
  const at = tail.lastIndexOf(CR)
  if (at < 0) return 0
  return tail.subarray(at).every((byte, index) => byte === delimiter[index]) ? tail.length - at : 0
}

/** Finds the needle, or -1. The Horspool algorithm skips most bytes. */
const makeFinder = (needle: Uint8Array): ((bytes: Uint8Array) => number) => {
  const last = needle.length - 1
  const skips = new Uint8Array(256).fill(needle.length)
  for (let index = 0; index < last; index++) skips[needle[index] ?? 0] = last - index
  return (bytes) => {
    let at = last
    while (at < bytes.length) {
      let matched = 0
      while (matched <= last && bytes[at - matched] === needle[last - matched]) matched++
      if (matched > last) return at - last
      at += skips[bytes[at] ?? 0] ?? 1
    }
    return -1
  }
}

const findHeadEnd = makeFinder(encoder.encode(HEAD_END))

const parseHead = (text: string): Option.Option<PartHead> => {
  const headers = new Map<string, string>()
  for (const line of text.split(LINE_END).slice(1)) {
    const colon = line.indexOf(":")
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || headers.has(name)) return Option.none()
    headers.set(name, line.slice(colon + 1).trim())
  }
  const disposition = HeaderValue.parse(headers.get("content-disposition") ?? "")
  if (Option.isNone(disposition) || disposition.value.value !== "form-data") return Option.none()
  const { parameters } = disposition.value
  const name = parameters.get("name")
  if (name === undefined) return Option.none()
  const filename = fileNameOf(parameters)
  return Option.some({ name, filename, contentType: Option.fromNullable(headers.get("content-type")) })
}
