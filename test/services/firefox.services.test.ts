import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api } from "../e2e/support/Api.ts"
import { Engine } from "../e2e/support/clips.ts"
import { only144p } from "../e2e/support/only144p.ts"
import {
  broadcast,
  openFirst,
  pauseAtStart,
  playableCard,
  requestLive,
  seen,
  summary,
  video
} from "../e2e/support/page.ts"
import { makeServerWithRunner } from "../e2e/support/serverWithRunner.ts"
import { openFirefox } from "./firefox.ts"

const env = {
  LIVES_ALLOW_PRIVATE_ADDRESSES: "on",
  ...only144p
}

const makeStage = Effect.gen(function* () {
  const { footage, runner, server } = yield* makeServerWithRunner(env)
  yield* runner.canDo(["vod-hls-transcoding", "live-rtmp-hls-transcoding"])
  return { client: api(server.url), footage, page: yield* openFirefox(server.url), runner }
})

class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<typeof makeStage>>() {}

/** The decoded picture, and that it moves. */
const moves = (from: number) => `${video}.currentTime > ${from} && ${video}.videoWidth === 256`

const stage = Layer.provide(Layer.scoped(Stage, makeStage), Engine)

layer(stage, { excludeTestServices: true, timeout: "5 minutes" })("Firefox", (it) => {
  it.effect("uploads a file and plays its first rendition", () =>
    Effect.gen(function* () {
      const { footage, page, runner } = yield* Stage
      yield* page.until(`document.querySelector("#files") !== null`)
      yield* page.choose("#files", [footage.clip])
      yield* page.until(seen(".card"))
      yield* Effect.flatMap(runner.take("vod-hls-transcoding"), (job) => job.succeed(footage.rendition))
      yield* page.until(seen(playableCard))
      yield* openFirst(page)
      yield* pauseAtStart(page)
      yield* page.press("k")
      yield* page.until(`!${video}.paused && ${moves(0.2)}`)
      yield* page.press("l")
      yield* page.until(moves(9))
      yield* page.press("m")
      yield* page.until(`${video}.muted`)
    })
  )

  it.effect("plays a live and shows its end", () =>
    Effect.gen(function* () {
      const { client, footage, page, runner } = yield* Stage
      yield* page.click(".back")
      yield* page.until(seen(playableCard))
      yield* requestLive(client)
      const job = yield* broadcast(runner, footage)
      yield* page.until(seen(".live-badge"))
      yield* openFirst(page)
      yield* page.until(`${moves(0.2)} && ${video}.duration === Infinity`)
      assert.isTrue(yield* page.evaluate(seen("media-live-button")))
      yield* page.click("[data-action=stop]")
      yield* job.succeed({})
      yield* page.until(`${summary}.startsWith("Ended")`)
    })
  )
})
