import { type FileKey, FileStorage, LiveFiles, MediaTypes } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import { RangeNotSatisfiable } from "./ProtocolErrors.ts"
import { select } from "./ranges.ts"

const headerOf = (request: Request, name: string): Option.Option<string> =>
  Option.fromNullable(request.headers.get(name))

/** Returns the entity tag of a version. None if the version has characters that a header cannot carry. */
const entityTag = (version: string): Option.Option<string> =>
  /^[\x21\x23-\x7e]+$/.test(version) ? Option.some(`"${version}"`) : Option.none()

/** Returns the `Range` header, unless `If-Range` names another version of the file. HEAD has no range. */
const rangeHeader = (request: Request, tag: Option.Option<string>): Option.Option<string> => {
  if (request.method === "HEAD") return Option.none()
  const isCurrent = Option.match(headerOf(request, "if-range"), {
    onNone: () => true,
    onSome: (version) => Option.contains(tag, version.trim())
  })
  return isCurrent ? headerOf(request, "range") : Option.none()
}

/** True if the client of a GET or HEAD already has this version. */
const isKnown = (request: Request, tag: Option.Option<string>): boolean => {
  if (request.method !== "GET" && request.method !== "HEAD") return false
  const known = Option.getOrElse(headerOf(request, "if-none-match"), () => "")
  const tags = known.split(",").map((one) => one.trim().replace(/^W\//, ""))
  return Option.exists(tag, (current) => tags.includes(current) || known.trim() === "*")
}

/**
 * Answers a GET, HEAD or POST with a stored file: whole, or the requested range, with the media type of its extension. Reads
 * from the storage while it sends, and stops when the client disconnects.
 */
export const serveFile = (
  key: FileKey.FileKey,
  request: Request
): Effect.Effect<
  Response,
  FileStorage.FileNotFound | FileStorage.FileStorageError | RangeNotSatisfiable,
  FileStorage.FileStorage
> =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const { etag, ...stat } = yield* storage.stat(key)
    const whole = LiveFiles.isLivePlaylist(key) ? Option.some(yield* readWhole(key)) : Option.none<Uint8Array>()
    const size = Option.match(whole, { onNone: () => stat.size, onSome: ({ length }) => length })
    const tag = entityTag(etag)
    const common = {
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      ...Option.match(tag, { onNone: () => ({}), onSome: (value) => ({ etag: value }) })
    }
    if (isKnown(request, tag)) return new Response(null, { status: 304, statusText: "Not Modified", headers: common })

    const selection = select(rangeHeader(request, tag), size)
    if (selection._tag === "Nothing") return yield* new RangeNotSatisfiable({ size })
    const range = selection._tag === "Part" ? Option.some(selection.range) : Option.none()
    const body = request.method === "HEAD" ? null : yield* bodyOf(key, size, range, whole)
    return new Response(body, {
      ...statusOf(range),
      headers: { ...common, "content-type": MediaTypes.mediaTypeOf(key), ...lengthHeaders(size, range) }
    })
  })

const statusOf = Option.match<{ status: number; statusText: string }, FileStorage.ByteRange>({
  onNone: () => ({ status: 200, statusText: "OK" }),
  onSome: () => ({ status: 206, statusText: "Partial Content" })
})

const lengthHeaders = (size: number, range: Option.Option<FileStorage.ByteRange>): Record<string, string> =>
  Option.match(range, {
    onNone: () => ({ "content-length": String(size) }),
    onSome: ({ end, start }) => ({
      "content-length": String(end - start + 1),
      "content-range": `bytes ${start}-${end}/${size}`
    })
  })

/** Reads a live playlist at once. It may be replaced at any time, so its length must be that of the bytes sent. */
const readWhole = (
  key: FileKey.FileKey
): Effect.Effect<Uint8Array, FileStorage.FileNotFound | FileStorage.FileStorageError, FileStorage.FileStorage> =>
  Effect.flatMap(FileStorage.FileStorage, (storage) =>
    Stream.mkString(Stream.decodeText(storage.read(key))).pipe(Effect.map((text) => new TextEncoder().encode(text)))
  )

const bodyOf = (
  key: FileKey.FileKey,
  size: number,
  range: Option.Option<FileStorage.ByteRange>,
  whole: Option.Option<Uint8Array>
) =>
  Effect.gen(function* () {
    if (size === 0) return null
    if (Option.isSome(whole)) {
      const { end, start } = Option.getOrElse(range, () => ({ start: 0, end: size - 1 }))
      return new Uint8Array(whole.value.slice(start, end + 1))
    }
    const storage = yield* FileStorage.FileStorage
    return yield* Stream.toReadableStreamEffect(storage.read(key, Option.getOrUndefined(range)), {
      strategy: { highWaterMark: 0 }
    })
  })
