import { assert, layer } from "@effect/vitest"
import { eventually } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { Listening, listening } from "./support/server.ts"

const { aHeldJob, tokenParts } = Wire.Arrange
const { boundary, formBytes, formType } = Wire.Client

const MIB = 1024 ** 2
const SIZE = 200 * MIB

/** Returns the peak growth of this process in bytes while the effect runs. */
const growth = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = process.memoryUsage().rss
    let peak = before
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 5)
    yield* Effect.ensuring(
      effect,
      Effect.sync(() => clearInterval(timer))
    )
    return peak - before
  })

/** A result with a media file of this size, generated while it is sent. */
const bodyOf = (tokens: Parameters<typeof tokenParts>[0], size: number) => {
  const piece = Buffer.alloc(64 * 1024, "media\r\n--")
  const start = formBytes(tokenParts(tokens)).slice(0, -`--${boundary}--\r\n`.length)
  const part = (name: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="payload[${name}]"; filename="a"\r\n\r\n`
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(start)
      controller.enqueue(Buffer.from(part("videoFile")))
    },
    pull(controller) {
      sent += piece.length
      controller.enqueue(piece)
      if (sent < size) return
      controller.enqueue(Buffer.from(`\r\n${part("resolutionPlaylistFile")}#EXTM3U\r\n--${boundary}--\r\n`))
      controller.close()
    }
  })
}
let sent = 0

layer(listening({ maxFileSize: 2 * SIZE }), { excludeTestServices: true })("memory", (it) => {
  const upload = (size: number) =>
    Effect.gen(function* () {
      const { path, tokens } = yield* aHeldJob()
      const { port } = yield* Listening
      sent = 0
      const response = yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}${path}/success`, {
          method: "POST",
          headers: { "content-type": formType() },
          body: bodyOf(tokens, size),
          ...{ duplex: "half" }
        })
      )
      assert.strictEqual(response.status, 204)
      const { files } = yield* Wire.World.Spooled
      yield* eventually(files, (names) => names.length === 0)
    })

  it.effect("does not grow with the size of a result", () =>
    Effect.gen(function* () {
      yield* upload(20 * MIB)
      const grown = yield* growth(upload(SIZE))
      assert.isAtLeast(sent, SIZE)
      assert.isBelow(grown / MIB, 80)
    })
  )
})
