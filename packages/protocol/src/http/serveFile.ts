import { type FileKey, FileStorage, MediaTypes, type VideoFiles } from "@runner-connector/core"
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

/** True if the client already has this version. */
const isKnown = (request: Request, tag: Option.Option<string>): boolean => {
  const known = Option.getOrElse(headerOf(request, "if-none-match"), () => "")
  const tags = known.split(",").map((one) => one.trim().replace(/^W\//, ""))
  return Option.exists(tag, (current) => tags.includes(current) || known.trim() === "*")
}

/** The status for a client that already has this version (RFC 9110, 13.1.2). Only GET and HEAD can be answered with 304. */
const knownStatus = ({ method }: Request): ResponseInit =>
  method === "GET" || method === "HEAD"
    ? { status: 304, statusText: "Not Modified" }
    : { status: 412, statusText: "Precondition Failed" }

/** A file to be sent: its type, size and version, and its bytes. */
export type ServedContent = Omit<VideoFiles.Content, "cacheControl">

/**
 * Answers a GET, HEAD or POST with a file: whole, or the requested range. Reads while it sends, and stops when the client
 * disconnects.
 */
export const serveContent = (
  { contentType, etag, read, size }: ServedContent,
  request: Request
): Effect.Effect<Response, RangeNotSatisfiable> =>
  Effect.gen(function* () {
    const tag = entityTag(etag)
    const common = {
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      ...Option.match(tag, { onNone: () => ({}), onSome: (value) => ({ etag: value }) })
    }
    if (isKnown(request, tag)) return new Response(null, { ...knownStatus(request), headers: common })

    const selection = select(rangeHeader(request, tag), size)
    if (selection._tag === "Nothing") return yield* new RangeNotSatisfiable({ size })
    const range = selection._tag === "Part" ? Option.some(selection.range) : Option.none()
    const isEmpty = request.method === "HEAD" || size === 0
    const body = isEmpty ? null : yield* streamOf(read(Option.getOrUndefined(range)))
    return new Response(body, {
      ...statusOf(range),
      headers: { ...common, "content-type": contentType, ...lengthHeaders(size, range) }
    })
  })

/** Answers with a stored file and the media type of its extension. The file must not change while it is sent. */
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
    const stat = yield* storage.stat(key)
    const content = { ...stat, contentType: MediaTypes.mediaTypeOf(key) }
    return yield* serveContent({ ...content, read: (range) => storage.read(key, range) }, request)
  })

const streamOf = (bytes: ReturnType<ServedContent["read"]>) =>
  Stream.toReadableStreamEffect(bytes, { strategy: { highWaterMark: 0 } })

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
