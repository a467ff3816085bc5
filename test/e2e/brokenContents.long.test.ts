import { readFileSync } from "node:fs"
import { layer } from "@effect/vitest"
import { brokenFixtures, fixturePath } from "@runner-connector/contracts/media"
import { type Nonsense, noFault, raw, refuses, layer as refusing } from "./support/Refusing.ts"

const BOUNDARY = "----WebKitFormBoundaryABC"
const HEAD = 'Content-Disposition: form-data; name="videoFile"; filename="clip.mp4"\r\nContent-Type: video/mp4'

const uploadOf = (name: string): Nonsense => ({
  name: `an upload of ${name}`,
  status: 422,
  bytes: () =>
    raw(
      "POST",
      "/videos/upload",
      [`Content-Type: multipart/form-data; boundary=${BOUNDARY}`],
      Buffer.concat([
        Buffer.from(`--${BOUNDARY}\r\n${HEAD}\r\n\r\n`),
        readFileSync(fixturePath(name)),
        Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
      ])
    )
})

layer(refusing, { excludeTestServices: true, timeout: "5 minutes" })(
  "what is no video is refused, and not kept:",
  (it) => {
    refuses(it, ["picture.png", "picture.jpg", ...brokenFixtures.map(({ name }) => name)].map(uploadOf))
    noFault(it)
  }
)
