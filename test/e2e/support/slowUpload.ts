import { readFileSync } from "node:fs"
import { request } from "node:http"
import { Deferred, Effect, type Scope } from "effect"

/** An upload that has begun. */
export interface SlowUpload {
  /** Sends the rest. */
  readonly finish: Effect.Effect<void>
  /** The answer, or the reason of the end of the connection. */
  readonly answer: Effect.Effect<{ readonly status: number; readonly text: string }, Error>
}

const BOUNDARY = "----boundary"

/** Sends the first half of the form with this file, and waits until it is written to the connection. */
export const slowUpload = (url: string, path: string): Effect.Effect<SlowUpload, never, Scope.Scope> =>
  Effect.gen(function* () {
    const answer = yield* Deferred.make<{ status: number; text: string }, Error>()
    const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="videoFile"; filename="clip.mp4"\r\ncontent-type: video/mp4\r\n\r\n`
    const body = Buffer.concat([Buffer.from(head), readFileSync(path), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
    const half = body.length >> 1
    const call = yield* Effect.acquireRelease(
      Effect.sync(() =>
        request(`${url}/videos/upload`, {
          method: "POST",
          // A connection of its own: the server may close an idle one at the moment when it is used again.
          agent: false,
          headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}`, "content-length": body.length }
        })
      ),
      (call) => Effect.sync(() => call.destroy())
    )
    call.on("error", (error) => Deferred.unsafeDone(answer, Effect.fail(error)))
    call.on("response", (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      response.on("end", () => Deferred.unsafeDone(answer, Effect.succeed({ status: response.statusCode ?? 0, text })))
    })
    yield* Effect.async<void>((resume) => void call.write(body.subarray(0, half), () => resume(Effect.void)))
    return { finish: Effect.sync(() => void call.end(body.subarray(half))), answer: Deferred.await(answer) }
  })
