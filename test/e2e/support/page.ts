import { Effect } from "effect"
import type { api } from "./Api.ts"
import type * as Browser from "./Browser.ts"
import type * as FormRunner from "./FormRunner.ts"
import * as Footage from "./footage.ts"

type Runner = Effect.Effect.Success<ReturnType<typeof FormRunner.register>>

/** A published video with a storyboard, by prepared results. */
export const published = (
  client: ReturnType<typeof api>,
  runner: Runner,
  footage: Effect.Effect.Success<ReturnType<typeof Footage.make>>
) =>
  Effect.gen(function* () {
    const { uuid } = yield* client.upload(footage.clip)
    yield* Effect.flatMap(runner.take("vod-hls-transcoding"), (job) => job.succeed(footage.rendition))
    yield* Effect.flatMap(runner.take("generate-video-storyboard"), (job) =>
      job.succeed({ storyboardFile: footage.storyboard.picture })
    )
    return yield* client.settled(uuid)
  })

const video = `document.querySelector("#player video")`

/** Chooses the first captions in the open player and waits for their sentence. */
export const readCaptions = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    yield* tab.evaluate(`(() => {
      const select = document.querySelector("[data-captions] select")
      select.value = "0"
      select.dispatchEvent(new Event("change"))
      ${video}.pause()
      ${video}.currentTime = 1.5
    })()`)
    const shown = `[...${video}.textTracks].flatMap((track) => track.mode === "showing" ? [...track.activeCues] : [])`
    yield* tab.until(`${shown}.some((cue) => cue.text === ${JSON.stringify(Footage.SENTENCE)})`)
  })
