import { Runners } from "@runner-connector/core"
import { H3Playback } from "@runner-connector/http-h3"
import { Effect, Redacted, Runtime } from "effect"
import type { H3 } from "h3"
import { playlistOf, upload } from "./videos.js"

/** Shows a token for runners, once the server listens. */
export const announce = Effect.gen(function* () {
  const { registrationToken } = yield* (yield* Runners.Runners).createRegistrationToken()
  yield* Effect.log("Register runners with the token", Redacted.value(registrationToken))
})

/** The routes of the application beside those of runners. */
export const routes = Effect.gen(function* () {
  const run = Runtime.runPromise(
    yield* Effect.runtime<Effect.Effect.Context<ReturnType<typeof upload | typeof playlistOf>>>()
  )
  const playback = yield* H3Playback.app
  return (app: H3) => {
    app.mount("/", playback)
    app.post("/videos", async ({ req, res }) => {
      res.status = 201
      return run(upload(req.body ?? new ReadableStream()))
    })
    app.get("/videos/:id", async ({ context }) => ({ playlist: await run(playlistOf(context.params?.id ?? "")) }))
  }
})
