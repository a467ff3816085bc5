import { mkdtempSync, rmSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Errors, Persistence, Transcoding, UploadStore } from "@runner-connector/core"
import { TestFiles, Testing } from "@runner-connector/core/testing"
import { type BodyReader, Problem } from "@runner-connector/protocol"
import { LocalDisk } from "@runner-connector/storage-fs/testing"
import { DateTime, Effect, Layer } from "effect"
import { ResumableUploads } from "../src/index.ts"

const ENDPOINT = "https://media.example/uploads"

/** What happens around the making of the video. */
export type Around = <A, E extends Problem.WireError>(
  effect: Effect.Effect<A, E>
) => Effect.Effect<A, E | Persistence.PersistenceError>

/** The database is away. A later call may succeed. */
export const away: Persistence.PersistenceError = new Persistence.PersistenceError({
  operation: "VideoStore.insert",
  cause: new Error("away")
})

/** A connector in memory. */
export const connector: Layer.Layer<Testing.TestConnector> = Layer.suspend(() =>
  Testing.layerConnector({ disk: new LocalDisk() })
)

const encoded = (metadata: Readonly<Record<string, string>>): string =>
  Object.entries(metadata)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`)
    .join(",")

const tus = { "tus-resumable": "1.0.0" }

/** Requests about uploads, as clients send them. */
const requestsOf = (handle: ResumableUploads.Handle<never>) => {
  const send = (url: string, init: RequestInit & { readonly duplex?: "half" }, body?: BodyReader.BodyReader) =>
    Effect.suspend(() => {
      const request = new Request(url, init)
      return Problem.answer(handle(request, body), request)
    })
  return {
    create: (size: number | "later", metadata: Readonly<Record<string, string>> = { filename: "cat.mp4" }) => {
      const length = size === "later" ? { "upload-defer-length": "1" } : { "upload-length": String(size) }
      return send(ENDPOINT, { method: "POST", headers: { ...tus, ...length, "upload-metadata": encoded(metadata) } })
    },
    /** Sends a body that may have no end. */
    stream: (id: string, offset: number, body: ReadableStream<Uint8Array>) => {
      const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }
      return send(`${ENDPOINT}/${id}`, { method: "PATCH", headers: { ...tus, ...headers }, body, duplex: "half" })
    },
    /** Sends what a server of HTTP reads. */
    read: (id: string, offset: number, body: BodyReader.BodyReader) => {
      const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }
      return send(`${ENDPOINT}/${id}`, { method: "PATCH", headers: { ...tus, ...headers } }, body)
    },
    append: (id: string, offset: number, bytes: Uint8Array, more: Readonly<Record<string, string>> = {}) => {
      const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream", ...more }
      return send(`${ENDPOINT}/${id}`, { method: "PATCH", headers: { ...tus, ...headers }, body: bytes.slice() })
    },
    head: (id: string) => send(`${ENDPOINT}/${id}`, { method: "HEAD", headers: tus }),
    terminate: (id: string) => send(`${ENDPOINT}/${id}`, { method: "DELETE", headers: tus })
  }
}

/** The last segment of the address of a new upload. */
export const idOf = (response: Response): string => String(response.headers.get("location")?.split("/").at(-1))

/** A folder that is removed with the scope. */
export const aFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "runner-connector-tus-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

type Limits = Partial<
  Pick<ResumableUploads.Options<never>, "directory" | "pieceSize" | "maxUnfinished" | "maxUnfinishedSize" | "maxSize">
>

/** A process that receives uploads. Without a folder they are pieces in the storage. */
export const aServer = (limits: Limits, around: Around = (effect) => effect) =>
  Effect.gen(function* () {
    const { transcodeVideo } = yield* Transcoding.Transcoding
    const handle = yield* ResumableUploads.make({
      path: "/uploads",
      maxSize: 1024 ** 3,
      ...limits,
      check: ({ title = "" }) =>
        title.length < 10 ? Effect.void : new Errors.InvalidRequest({ detail: "title: expected a short text" }),
      makeVideo: ({ fileName, id, key, metadata: { externalId, title } }) =>
        around(transcodeVideo({ id, path: key, destination: `videos/${id}`, fileName, title, externalId }))
    })
    const files = yield* TestFiles
    const store = yield* UploadStore.UploadStore
    return {
      ...requestsOf(handle),
      stored: files.list("uploads/"),
      records: Effect.flatMap(DateTime.now, (now) => store.listSilent(DateTime.add(now, { days: 9 })))
    }
  })

/** A host that receives uploads in a folder. A process that starts again has the same folder. */
export const aHost = (around?: Around, folder?: string, limits: Limits = {}) =>
  Effect.gen(function* () {
    const directory = folder ?? (yield* aFolder)
    const server = yield* aServer({ ...limits, directory }, around)
    return { ...server, directory, unfinished: Effect.promise(() => readdir(directory)) }
  })
