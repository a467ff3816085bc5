import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { api } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { exchange } from "./support/rawTcp.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"
const CRLF = "\r\n"
it.scopedLive("explore", () => Effect.gen(function* () {
  const dataDir = join(yield* temporaryFolder, "data")
  const port = yield* freePort
  const server = yield* ExampleServer.start({ dataDir, port, env: { LOCAL_RUNNER: "off", MAX_UPLOAD_SIZE: "300000" , TRANSCODING_RESOLUTIONS_144P: "true" } })
  const client = api(server.url)
  const clip = yield* Effect.promise(() => readFile(fixture("moov-last.mp4")))
  const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
  const list = filesBelow(join(dataDir, "storage"))
  const key = String((yield* list).find(([n]) => n.startsWith("uploads/"))?.[0])
  const before = JSON.stringify([yield* list, yield* filesBelow(join(dataDir, "spool")), (yield* client.videos).total])
  const show = (name: string, bytes: Buffer) => Effect.gen(function* () {
    const a = yield* Effect.either(Effect.sandbox(exchange(port, bytes)))
    const after = JSON.stringify([yield* list, yield* filesBelow(join(dataDir, "spool")), (yield* client.videos).total])
    const r = a._tag === "Left" ? "TIMEOUT" : a.right === undefined ? "HUNGUP" : `${a.right.status} ${a.right.headers.get("content-type")} ${a.right.text.slice(0, 230)}`
    console.log(after === before ? " " : "CHANGED", name.slice(0, 90), "=>", r)
  })
  const raw = (method: string, path: string, headers: string[] = [], body: string | Buffer = "") =>
    Buffer.concat([Buffer.from([`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, ...(body.length ? [`Content-Length: ${body.length}`] : []), "", ""].join(CRLF)), Buffer.from(body)])
  const json = (body: string | Buffer, type = "application/json") => show(`transcode ${String(body).slice(0, 80)} ${type}`, raw("POST", "/videos/transcode", type ? [`Content-Type: ${type}`] : [], body))
  for (const b of ["", "null", "[]", "1", '"x"', "{", "{}", Buffer.from([0x7b, 0xff, 0x7d]), '{"a":"\u0000"}', "[".repeat(100000), '{"a":'.repeat(100000), '{"a":' .repeat(40) + "1" + "}".repeat(40), `{"path":"${"x".repeat(2_000_000)}"}`, '{"__proto__":{}}']) yield* json(b)
  const ok = { path: key, destination: "videos/other" }
  yield* json(JSON.stringify(ok), "text/plain"); yield* json(JSON.stringify(ok), "application/x-www-form-urlencoded"); yield* json(JSON.stringify(ok), "");yield* json(JSON.stringify(ok), "application/xml")
  const values: unknown[] = [null, 1, true, [], {}, "", ".", "..", "../x", "/etc/passwd", "a//b", "a/", "a/./b", "a/../b", "a\\b", "a\u0000b", "a\nb", "\ud800", "x".repeat(300), "x/".repeat(500) + "x", "x".repeat(2000), ".tmp/x", "uploads", `${key}/x`, "nothing.mp4", "%2e%2e/x"]
  for (const v of values) { yield* json(JSON.stringify({ ...ok, path: v })) }
  for (const v of values) { yield* json(JSON.stringify({ ...ok, destination: v })) }
  for (const v of [...values.slice(0, 17), "a b", "-x", "x".repeat(101), "é"]) { yield* json(JSON.stringify({ ...ok, baseName: v })) }
  for (const [m, p] of [["GET", "/videos?start=-1"], ["GET", "/videos?start=x"], ["GET", "/videos?start=1.5"], ["GET", "/videos?start=1e400"], ["GET", "/videos?start=99999999999999999999"], ["GET", "/videos?start="], ["GET", "/videos?start=%20"], ["GET", "/videos?start=0x10"], ["GET", "/videos?start=%00"], ["GET", "/videos?start=%ff"], ["GET", "/videos?count=101"], ["GET", "/videos?count=-1"], ["GET", "/videos?count=0"], ["GET", "/videos?start=9007199254740991"], ["GET", "/videos?start=0&start=x"], ["GET", "/videos?count=NaN"], ["GET", "/videos?count=Infinity"], ["GET", "/videos/"], ["GET", "/videos/x"], ["GET", "/videos/%00"], ["GET", "/videos/%"], ["GET", "/videos/%E0%A4%A"], ["GET", "/videos/" + "a".repeat(5000)], ["GET", `/videos/${uuid}/`], ["GET", `/videos/${uuid.toUpperCase()}`], ["GET", "/videos/00000000-0000-4000-8000-000000000000"], ["DELETE", "/videos/x"], ["DELETE", "/videos/00000000-0000-4000-8000-000000000000"], ["PUT", "/videos"], ["POST", "/videos"], ["DELETE", "/videos"], ["PATCH", `/videos/${uuid}`], ["POST", `/videos/${uuid}`], ["PUT", `/videos/${uuid}`], ["GET", "/videos/upload"], ["GET", "/videos/transcode"], ["DELETE", "/videos/upload"], ["PUT", "/videos/upload"], ["OPTIONS", "/videos"], ["TRACE", "/videos"], ["POST", "/storage/x"], ["DELETE", "/storage/videos"], ["PUT", "/storage/x"], ["POST", "/"], ["DELETE", "/healthz"], ["GET", "/nope"], ["GET", "/css/..%2f..%2fpackage.json"], ["GET", "/js/%2e%2e%2fmain.ts"], ["GET", "/js/../../src/main.ts"], ["GET", "/js/%00.js"], ["GET", "/js/%"],
    ["GET", "/storage"], ["GET", "/storage/"], ["GET", "/storage/../admin-token"], ["GET", "/storage/..%2fadmin-token"], ["GET", "/storage/%2e%2e/admin-token"], ["GET", "/storage/%2e%2e%2fadmin-token"], ["GET", "/storage/..%5cadmin-token"], ["GET", "/storage//etc/passwd"], ["GET", "/storage/%2fetc%2fpasswd"], ["GET", "/storage/%252e%252e/admin-token"], ["GET", "/storage/%00"], ["GET", "/storage/%"], ["GET", "/storage/%ff"], ["GET", "/storage/.tmp"], ["GET", "/storage/.tmp/x"], ["GET", `/storage/${key}`], ["GET", `/storage/${key.replace("uploads/", "uploads%2f")}`], ["GET", `/storage/%75ploads${key.slice(7)}`], ["GET", `/storage/videos/../${key}`], ["GET", `/storage/./${key}`], ["GET", `/storage/Uploads${key.slice(7)}`], ["GET", "/storage/videos"], ["GET", "/storage/videos/"], ["GET", "/storage/" + "x".repeat(300)], ["GET", "/storage/" + "x".repeat(3000)], ["GET", "/storage/" + "x".repeat(30000)], ["GET", `http://other.example/storage/${key}`], ["GET", "*"], ["CONNECT", "x:80"], ["BREW", "/"]] as const) yield* show(`${m} ${p}`, raw(m, p))
  const B = "----b"
  const form = (name: string, body: string | Buffer, type = `multipart/form-data; boundary=${B}`, extra: string[] = []) => show(`upload ${name}`, raw("POST", "/videos/upload", [...(type ? [`Content-Type: ${type}`] : []), ...extra], body))
  const part = (head: string, content: string | Buffer = clip) => Buffer.concat([Buffer.from(`--${B}\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from("\r\n")])
  const end = Buffer.from(`--${B}--\r\n`)
  const file = `Content-Disposition: form-data; name="videoFile"; filename="a.mp4"\r\nContent-Type: video/mp4`
  const good = Buffer.concat([part(file), end])
  yield* form("nothing", "", "")
  yield* form("empty multipart", "")
  yield* form("json", "{}", "application/json"); yield* form("json string", '{"videoFile":"x"}', "application/json"); yield* form("json object", '{"videoFile":{"path":"/etc/passwd"}}', "application/json")
  yield* form("text", good, "text/plain"); yield* form("octets", clip, "video/mp4"); yield* form("no boundary", good, "multipart/form-data"); yield* form("empty boundary", good, 'multipart/form-data; boundary=""'); yield* form("other boundary", good, "multipart/form-data; boundary=zzz"); yield* form("long boundary", good, `multipart/form-data; boundary=${"z".repeat(200)}`); yield* form("garbage type", good, ";;;===")
  yield* form("gzip", good, undefined, ["Content-Encoding: gzip"])
  yield* form("garbage", "garbage".repeat(1000)); yield* form("only end", end); yield* form("no end", part(file)); yield* form("cut in file", good.subarray(0, 5000)); yield* form("cut in head", good.subarray(0, 30))
  yield* form("no head", Buffer.concat([Buffer.from(`--${B}\r\n\r\n`), clip, Buffer.from("\r\n"), end]))
  yield* form("no name", Buffer.concat([part('Content-Disposition: form-data; filename="a.mp4"'), end]))
  yield* form("not form-data", Buffer.concat([part('Content-Disposition: attachment; name="videoFile"; filename="a.mp4"'), end]))
  yield* form("text field", Buffer.concat([part('Content-Disposition: form-data; name="videoFile"', "hello"), end]))
  yield* form("big text field", Buffer.concat([part('Content-Disposition: form-data; name="videoFile"', "x".repeat(290_000)), end]))
  yield* form("twice", Buffer.concat([part(file), part(file), end]))
  yield* form("other file", Buffer.concat([part('Content-Disposition: form-data; name="other"; filename="a.mp4"'), end]))
  yield* form("other file beside", Buffer.concat([part(file), part('Content-Disposition: form-data; name="other"; filename="a.mp4"'), end]))
  yield* form("nested", Buffer.concat([part('Content-Disposition: form-data; name="videoFile[x]"; filename="a.mp4"'), end]))
  yield* form("proto", Buffer.concat([part('Content-Disposition: form-data; name="__proto__[x]"', "1"), part(file, "x"), end]))
  yield* form("utf8 name", Buffer.concat([part(Buffer.from([0x43]).toString() + 'ontent-Disposition: form-data; name="\xff\xfe"; filename="a.mp4"'), end]))
  yield* form("huge head", Buffer.concat([part(`${file}\r\nX-Y: ${"y".repeat(100_000)}`), end]))
  yield* form("many parts", Buffer.concat([...Array.from({ length: 5000 }, (_, i) => part(`Content-Disposition: form-data; name="f${i}"`, "1")), end]))
  yield* form("deep name", Buffer.concat([part(`Content-Disposition: form-data; name="a${"[x]".repeat(500)}"`, "1"), end]))
  yield* form("empty file", Buffer.concat([part(file, ""), end])); yield* form("too big", Buffer.concat([part(file, Buffer.alloc(300_001)), end]))
  yield* form("no filename value", Buffer.concat([part('Content-Disposition: form-data; name="videoFile"; filename=""'), end]))
  for (const f of ["picture.png", "picture.jpg", "animation.gif", "text.txt", "document.pdf", "noise.mp4", "empty.mp4", "cut-moov-last.mp4", "cut-faststart.mp4", "cut-unsized.mp4", "cut.webm", "cut-unsized.webm", "cut.avi", "cut.flv", "cut.flac"]) yield* form(f, Buffer.concat([part(file, yield* Effect.promise(() => readFile(fixture(f)))), end]))
  yield* show("bad chunk", raw("POST", "/videos/upload", [`Content-Type: multipart/form-data; boundary=${B}`, "Transfer-Encoding: chunked"], "zz\r\n"))
  console.log((yield* server.log).split("\n").filter((l) => /ERROR|WARN/.test(l)).join("\n"))
}), 300_000)
