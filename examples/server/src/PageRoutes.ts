import { createHash } from "node:crypto"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { FileSystem } from "@effect/platform"
import { ProtocolErrors } from "@runner-connector/protocol"
import { Effect } from "effect"
import type { Routes } from "./routes.ts"

const folder = new URL("../public/", import.meta.url)
const hlsModule = new URL(import.meta.resolve("hls.js/dist/hls.min.mjs"))

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml"
}

/**
 * hls.js creates its worker and its media source from blobs, and an empty caption track from a `data:` URL. Everything else
 * comes from this server.
 */
const policy = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'"
].join("; ")

/** Serves a file of the page. Browsers revalidate it each time. */
const serve = (file: URL, request: Request) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.mapError(fs.readFile(fileURLToPath(file)), () => new ProtocolErrors.UnknownPath())
    const etag = `"${createHash("sha256").update(bytes).digest("base64url")}"`
    const headers = {
      etag,
      "content-type": types[extname(file.pathname)] ?? "application/octet-stream",
      "cache-control": "no-cache",
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin"
    }
    return request.headers.get("if-none-match") === etag
      ? new Response(null, { status: 304, headers })
      : new Response(Buffer.from(bytes), { headers })
  })

/** File names without folders. */
const plainName = /^[\w-]+\.(?:css|js)$/

const fromFolder = (part: "css" | "js") => (request: Request, params: Readonly<Record<string, string>>) =>
  plainName.test(params.name ?? "")
    ? serve(new URL(`${part}/${params.name}`, folder), request)
    : Effect.fail(new ProtocolErrors.UnknownPath())

/** The page: static files, and the library of the player from its package. */
export const pageRoutes: Routes<FileSystem.FileSystem> = [
  { method: "GET", path: "/", answer: (request) => serve(new URL("index.html", folder), request) },
  { method: "GET", path: "/favicon.svg", answer: (request) => serve(new URL("favicon.svg", folder), request) },
  { method: "GET", path: "/assets/hls.mjs", answer: (request) => serve(hlsModule, request) },
  { method: "GET", path: "/css/:name", answer: fromFolder("css") },
  { method: "GET", path: "/js/:name", answer: fromFolder("js") }
]
