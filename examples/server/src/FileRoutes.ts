import { fileURLToPath } from "node:url"
import { FileSystem, Path } from "@effect/platform"
import { FileKey, type FileStorage, type VideoStore } from "@runner-connector/core"
import { mediaTypeOf, ProtocolErrors, serveFile } from "@runner-connector/core/protocol"
import { Effect, Either, Schema } from "effect"
import { isHealthy } from "./Health.ts"
import { json, type Routes } from "./routes.ts"

/** What people upload is kept apart from what is made of it, and is not given out. */
const PRIVATE = "uploads/"

const decodeKey = (rest: string): Either.Either<FileKey.FileKey, ProtocolErrors.UnknownPath> =>
  Either.try({ try: () => decodeURIComponent(rest), catch: () => new ProtocolErrors.UnknownPath() }).pipe(
    Either.flatMap(Schema.decodeUnknownEither(FileKey.FileKey)),
    Either.mapLeft(() => new ProtocolErrors.UnknownPath()),
    Either.filterOrLeft(
      (key) => !key.startsWith(PRIVATE),
      () => new ProtocolErrors.UnknownPath()
    )
  )

/** Players of other sites may read what is public anyway. Every playlist has a name of its own, so all may be kept. */
const publicly = (response: Response): Response => {
  response.headers.set("access-control-allow-origin", "*")
  response.headers.set("cache-control", "public, max-age=3600")
  return response
}

const storedFile = (request: Request, params: Readonly<Record<string, string>>) =>
  Effect.flatMap(decodeKey(params.key ?? ""), (key) => Effect.map(serveFile(key, request), publicly))

const publicFolder = fileURLToPath(new URL("../public/", import.meta.url))
const hlsModule = fileURLToPath(import.meta.resolve("hls.js/dist/hls.mjs"))

const pagePolicy = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'"
].join("; ")

/** A file of the page; small, so it is read whole. */
const asset = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.mapError(fs.readFile(file), () => new ProtocolErrors.UnknownPath())
    return new Response(Buffer.from(bytes), {
      headers: {
        "content-type": mediaTypeOf(file),
        "cache-control": "no-cache",
        "content-security-policy": pagePolicy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin"
      }
    })
  })

/** Plain names in plain folders; there is nothing else in the page's folder. */
const assetPath = /^(?:[\w-]+\/)*[\w-]+\.[a-z]+$/

const pageFile = (name: string) =>
  assetPath.test(name)
    ? Effect.flatMap(Path.Path, (path) => asset(path.join(publicFolder, name)))
    : new ProtocolErrors.UnknownPath()

export const fileRoutes: Routes<FileStorage.FileStorage | VideoStore.VideoStore | FileSystem.FileSystem | Path.Path> = [
  { method: "GET", path: "/storage/**:key", answer: storedFile },
  { method: "GET", path: "/", answer: () => pageFile("index.html") },
  { method: "GET", path: "/assets/hls.mjs", answer: () => asset(hlsModule) },
  { method: "GET", path: "/assets/**:name", answer: (_request, params) => pageFile(params.name ?? "") },
  {
    method: "GET",
    path: "/healthz",
    answer: () =>
      Effect.map(isHealthy, (ok) =>
        ok ? json({ status: "ok" }) : Response.json({ status: "unavailable" }, { status: 503 })
      )
  }
]
