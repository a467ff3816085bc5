import { readFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import { fixturePath } from "@runner-connector/contracts/media"
import { Effect } from "effect"
import {
  MAX_UPLOAD_SIZE,
  type Nonsense,
  noFault,
  Refusing,
  raw,
  refuses,
  layer as refusing
} from "./support/Refusing.ts"
import { dial } from "./support/rawTcp.ts"
import { until } from "./support/waiting.ts"

const BOUNDARY = "----WebKitFormBoundaryABC"
const FORM = `multipart/form-data; boundary=${BOUNDARY}`
const END = `--${BOUNDARY}--\r\n`
const FILE = 'Content-Disposition: form-data; name="videoFile"; filename="clip.mp4"\r\nContent-Type: video/mp4'

const join = (...pieces: ReadonlyArray<string | Uint8Array>): Buffer =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece)))

const part = (head: string | Uint8Array, content: string | Uint8Array = "content"): Buffer =>
  join(`--${BOUNDARY}\r\n`, head, "\r\n\r\n", content, "\r\n")

const field = (name: string, content = "1"): Buffer => part(`Content-Disposition: form-data; name="${name}"`, content)

const upload = (
  name: string,
  status: number,
  body: (clip: Buffer) => string | Uint8Array,
  headers: ReadonlyArray<string> = [`Content-Type: ${FORM}`]
): Nonsense => ({
  name: `an upload ${name}`,
  status,
  bytes: ({ clip }) => raw("POST", "/videos/upload", headers, body(clip))
})

const good = (clip: Buffer): Buffer => join(part(FILE, clip), END)
const typed = (type: string): ReadonlyArray<string> => [`Content-Type: ${type}`]

const types: ReadonlyArray<Nonsense> = [
  upload("of nothing", 400, () => "", []),
  upload("of JSON without a file", 400, () => "{}", typed("application/json")),
  upload("of JSON with a path", 400, () => '{"videoFile":{"path":"/etc/passwd"}}', typed("application/json")),
  upload("as text", 415, good, typed("text/plain")),
  upload("without a form around the file", 415, (clip) => clip, typed("video/mp4")),
  upload("under no type at all", 415, good, typed(";;;==")),
  upload("without a boundary", 400, good, typed("multipart/form-data")),
  upload("with an empty boundary", 400, good, typed('multipart/form-data; boundary=""')),
  upload("with another boundary", 400, good, typed("multipart/form-data; boundary=other")),
  upload("with an endless boundary", 400, good, typed(`multipart/form-data; boundary=${"b".repeat(200)}`)),
  upload("that claims to be compressed", 415, good, [`Content-Type: ${FORM}`, "Content-Encoding: gzip"])
]

const forms: ReadonlyArray<Nonsense> = [
  upload("of no byte", 400, () => ""),
  upload("of garbage", 400, () => "garbage".repeat(10_000)),
  upload("of zeros", 400, () => Buffer.alloc(100_000)),
  upload("with nothing but the end", 400, () => END),
  upload("without the end", 400, (clip) => part(FILE, clip)),
  upload("cut in the file", 400, (clip) => good(clip).subarray(0, 5000)),
  upload("cut in the head", 400, (clip) => good(clip).subarray(0, 40)),
  upload("with a part that has no head", 400, (clip) => join(part("", clip), END)),
  upload("with a part that has no name", 400, () => join(part('Content-Disposition: form-data; filename="a"'), END)),
  upload("with an attachment", 400, () => join(part('Content-Disposition: attachment; name="videoFile"'), END)),
  upload("with a text for the file", 400, () => join(field("videoFile"), END)),
  upload("with a large text for the file", 413, () => join(field("videoFile", "x".repeat(100_000)), END)),
  upload("with an empty file name", 400, (clip) => join(part(FILE.replace("clip.mp4", ""), clip), END)),
  upload("with the file twice", 400, (clip) => join(part(FILE, clip), part(FILE, clip), END)),
  upload("with another file", 400, (clip) => join(part(FILE.replace("videoFile", "other"), clip), END)),
  upload("with another file, too", 400, (clip) => join(part(FILE, clip), part(FILE.replace("videoFile", "b")), END)),
  upload("with a file in a member", 400, (clip) => join(part(FILE.replace("videoFile", "videoFile[a]"), clip), END)),
  upload("with a field that changes all objects", 400, (clip) => join(field("__proto__[a]"), part(FILE, clip), END)),
  upload("with a field 500 deep", 400, () => join(field(`a${"[b]".repeat(500)}`), END)),
  upload("with 5000 fields", 400, () => join(...Array.from({ length: 5000 }, (_, n) => field(`f${n}`)), END)),
  upload("with a name that is no UTF-8", 400, () =>
    join(part(Buffer.from(FILE.replace("videoFile", "\u00ff"), "latin1")), END)
  ),
  upload("with a head of 100 kB", 400, () => join(part(`${FILE}\r\nX-Head: ${"x".repeat(100_000)}`), END)),
  upload("with a file that is too large", 413, () => join(part(FILE, Buffer.alloc(MAX_UPLOAD_SIZE + 1)), END))
]

/** A picture, a text and two damaged films. `brokenContents.long.test.ts` has all others. */
const contents = ["animation.gif", "text.txt", "cut.webm", "cut-unsized.mp4"].map((name) =>
  upload(`of ${name}`, 422, () => join(part(FILE, readFileSync(fixturePath(name))), END))
)

const preview = FILE.replace("videoFile", "previewFile")
const withClip = (clip: Buffer, ...more: ReadonlyArray<Buffer>): Buffer => join(part(FILE, clip), ...more, END)
const fileOf = (name: string) => readFileSync(fixturePath(name))

const wishes: ReadonlyArray<Nonsense> = [
  upload("with a flag that is none", 400, (clip) => withClip(clip, field("webVideos", "yes"))),
  upload("with an empty flag", 400, (clip) => withClip(clip, field("keepSource", ""))),
  upload("with a graph that is none", 400, (clip) => withClip(clip, field("graph", "sequential"))),
  upload("with a text for the picture", 400, (clip) => withClip(clip, field("previewFile"))),
  upload("with two pictures", 400, (clip) => withClip(clip, part(preview, "a"), part(preview, "b"))),
  upload("with a picture that is none", 422, (clip) => withClip(clip, part(preview, clip))),
  upload("with a picture that moves", 422, (clip) => withClip(clip, part(preview, fileOf("animation.gif")))),
  upload("of a picture with a picture", 422, () =>
    join(part(FILE, fileOf("picture.jpg")), part(preview, fileOf("picture.jpg")), END)
  )
]

layer(refusing, { excludeTestServices: true, timeout: "5 minutes" })(
  "what is no video is refused, and not kept:",
  (it) => {
    refuses(it, types)
    refuses(it, forms)
    refuses(it, contents)
    refuses(it, wishes)

    it.effect("an upload whose client disconnects halfway", () =>
      Effect.gen(function* () {
        const { clip, port, state } = yield* Refusing
        const before = yield* state
        const bytes = raw("POST", "/videos/upload", typed(FORM), good(clip))
        for (const share of [0.1, 0.5, 0.99]) {
          const connection = yield* dial(port)
          yield* connection.write(bytes.subarray(0, bytes.length * share))
          if (share > 0.2) yield* until("a part of it has arrived", state, (now) => now !== before)
          yield* connection.destroy
          yield* until("the state is unchanged", state, (now) => now === before)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("a chunked upload with invalid chunk sizes", () =>
      Effect.gen(function* () {
        const { port, state } = yield* Refusing
        const before = yield* state
        const connection = yield* dial(port)
        const headers = [`Content-Type: ${FORM}`, "Transfer-Encoding: chunked"]
        yield* connection.write(join(raw("POST", "/videos/upload", headers), "zz\r\nnonsense"))
        assert.strictEqual((yield* connection.answer)?.status, 400)
        yield* until("the server has hung up", connection.hungUp, (hungUp) => hungUp)
        yield* until("the state is unchanged", state, (now) => now === before)
      }).pipe(Effect.scoped)
    )

    noFault(it)
  }
)
