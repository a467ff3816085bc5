import { layer } from "@effect/vitest"
import { type Nonsense, noFault, raw, refuses, layer as refusing } from "./support/Refusing.ts"

const JSON_TYPE = "Content-Type: application/json"
const UNKNOWN = "00000000-0000-4000-8000-000000000000"

/** A prefix that identifies a value. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length > 50 ? `${text.slice(0, 30)}… (${text.length})` : text
}

const transcode = (name: string, status: number, body: string | Uint8Array, type = JSON_TYPE): Nonsense => ({
  name: `POST /videos/transcode with ${name}`,
  status,
  bytes: () => raw("POST", "/videos/transcode", [type], body)
})

const bodies: ReadonlyArray<Nonsense> = [
  transcode("no body", 400, ""),
  transcode("null", 400, "null"),
  transcode("a list", 400, "[]"),
  transcode("a number", 400, "1"),
  transcode("a string", 400, '"path"'),
  transcode("an empty object", 400, "{}"),
  transcode("half an object", 400, '{"path":'),
  transcode("bytes that are no UTF-8", 400, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  transcode("a NUL in a string", 400, '{"path":"\u0000"}'),
  transcode("a member that changes all objects", 400, '{"__proto__":{"path":"x"}}'),
  transcode("lists 100000 deep", 400, "[".repeat(100_000) + "]".repeat(100_000)),
  transcode("objects 40 deep", 400, `${'{"a":'.repeat(40)}1${"}".repeat(40)}`),
  transcode("2 MB", 413, JSON.stringify({ path: "x".repeat(2_000_000) })),
  transcode("text", 415, "{}", "Content-Type: text/plain"),
  transcode("a form", 415, "path=x", "Content-Type: application/x-www-form-urlencoded"),
  transcode("no type", 415, "{}", "X-Type: none")
]

/** A valid request except for one member. */
const member = (name: "path" | "destination" | "baseName", status: number, value: unknown): Nonsense => ({
  name: `POST /videos/transcode with ${name} ${shown(value)}`,
  status,
  bytes: ({ key }) =>
    raw(
      "POST",
      "/videos/transcode",
      [JSON_TYPE],
      JSON.stringify({ path: key, destination: "videos/other", [name]: value })
    )
})

const noTexts = [null, 1, true, [], {}]
const noKeys = [
  ...["", ".", "..", "/", "../x", "/etc/passwd", "a//b", "a/./b", "a/../b", "a\\..\\b", "a\u0000b", "a\nb", "a\u007f"],
  ...["half a \ud83d", "x".repeat(300), "é".repeat(130), "x".repeat(2000), ".tmp/x", "a/.hidden"]
]

const members: ReadonlyArray<Nonsense> = [
  ...[...noTexts, ...noKeys].flatMap((value) => [member("path", 400, value), member("destination", 400, value)]),
  ...["nothing.mp4", "uploads", "videos", "%2e%2e/x", `${"x/".repeat(400)}x`].map((value) =>
    member("path", 404, value)
  ),
  ...["uploads", "uploads/x", "Uploads/x", "UPLOADS", "upload\u017f/x", `${"x/".repeat(450)}x`].map((value) =>
    member("destination", 400, value)
  ),
  ...[...noTexts, ...noKeys, "a/b", "a b", "-x", "é", "x".repeat(101)].map((value) => member("baseName", 400, value))
]

const line = (status: number, method: string, path: string): Nonsense => ({
  name: `${method} ${path.length > 60 ? `${path.slice(0, 40)}… (${path.length})` : path}`,
  status,
  bytes: ({ key, uuid }) => raw(method, path.replaceAll("KEY", key).replaceAll("UUID", uuid))
})

const pages = ["start=-1", "start=x", "start=1.5", "start=1e400", "start=99999999999999999999", "start=", "start=%00"]
const counts = ["count=101", "count=-1", "count=NaN", "count=Infinity", "count=%ff", "start=0&start=x"]
const noUuids = ["x", "%00", "%", "%E0%A4%A", "..%2f..", "a".repeat(5000), `${UNKNOWN}0`, "upload", "transcode"]

const videos: ReadonlyArray<Nonsense> = [
  ...[...pages, ...counts].map((query) => line(400, "GET", `/videos?${query}`)),
  ...noUuids.flatMap((uuid) => [line(400, "GET", `/videos/${uuid}`), line(400, "DELETE", `/videos/${uuid}`)]),
  ...["GET", "DELETE"].map((method) => line(404, method, `/videos/${UNKNOWN}`))
]

const methods = [
  ...["PUT /videos", "POST /videos", "DELETE /videos", "OPTIONS /videos", "TRACE /videos", "PUT /videos/upload"],
  ...[
    "PUT /videos/UUID",
    "PUT /videos/UUID",
    "POST /videos/UUID",
    "POST /",
    "PUT /index.html",
    "DELETE /healthz",
    "GET /nowhere",
    "GET /videos/UUID/files"
  ]
].map((text) => line(404, text.split(" ")[0] ?? "", text.split(" ")[1] ?? ""))

const writing = ["POST", "PUT", "DELETE", "PATCH"].map((method) => line(405, method, "/playback/UUID/master.m3u8"))

/** These paths must not expose files. The folder above the storage contains the administrator token. */
const hidden = [
  ...["", "/", "/../admin-token", "/..%2fadmin-token", "/%2e%2e/admin-token", "/%2e%2e%2fadmin-token"],
  ...["/..%5cadmin-token", "//etc/passwd", "/%2fetc%2fpasswd", "/%252e%252e/admin-token", "/%00", "/%", "/%ff"],
  ...["/.tmp", "/.tmp/x", "/videos/.hidden", "/KEY", "/%75ploads/x", "/uploads%2fx", "/videos/../KEY", "/./KEY"],
  ...["/videos", "/videos/", "/%ed%a0%80", `/${"x".repeat(300)}`, `/${"x".repeat(3000)}`, `/${"x/".repeat(1000)}`],
  ...["/../../KEY", "/..%2f..%2fKEY", "/%2e%2e/%2e%2e/KEY", "/live-UUID/..%2f..%2f..%2fKEY", "/live-UUID/0.ts"]
].flatMap((path) => ["/storage", "/playback", "/playback/UUID"].map((folder) => line(404, "GET", `${folder}${path}`)))

const page = [
  ...["/console/assets/..%2f..%2f..%2fpackage.json", "/console/assets/%2e%2e%2f.built", "/console/assets/%00.js"],
  ...["/console/assets/%", "/consoles/", "/v/1/2"]
]

layer(refusing, { excludeTestServices: true, timeout: "5 minutes" })("what no route understands is refused,", (it) => {
  refuses(it, bodies)
  refuses(it, members)
  refuses(it, videos)
  refuses(it, methods)
  refuses(it, writing)
  refuses(it, hidden)
  refuses(
    it,
    page.map((path) => line(404, "GET", path))
  )
  noFault(it)
})
