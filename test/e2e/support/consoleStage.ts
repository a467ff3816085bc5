import { it, layer, type Vitest } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { api } from "./Api.ts"
import * as Browser from "./Browser.ts"
import { Engine } from "./clips.ts"
import { only144p } from "./only144p.ts"
import { playableCard, published, seen, signIn } from "./page.ts"
import { makeServerWithRunner } from "./serverWithRunner.ts"

const ScriptId = Schema.Struct({ identifier: Schema.String })

const TOKEN = "the-operator's-own"

const env = {
  ADMIN_TOKEN: TOKEN,
  RUNNER_JOB_LABELS: "video-transcription=ears",
  STORYBOARDS: "on",
  TRANSCODING_GRAPH: "parallel",
  TRANSCODING_CHUNK_DURATION: "8",
  TRANSCODING_CHUNK_MIN_DURATION: "3",
  ...only144p
}

/** A signed-in administrator of a server with a published video and one that waits. */
const makeStage = (program: string) =>
  Effect.gen(function* () {
    const { footage, runner, server } = yield* makeServerWithRunner(env)
    const client = api(server.url, TOKEN)
    const made = yield* published(client, runner, footage)
    yield* runner.canDo(["vod-hls-transcoding", "video-studio-transcoding"])
    const { uuid } = yield* client.upload(footage.clip)
    const waiting = yield* client.video(uuid)
    const tab = yield* Browser.open(program, `${server.url}/console/videos`, ["--window-size=1280,800"])
    yield* signIn(tab, TOKEN)
    yield* tab.until(seen(playableCard))
    return { server, tab, client, footage, made, waiting }
  })

export class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<ReturnType<typeof makeStage>>>() {}

/** Opens a path of the server and waits for an element. */
export const go = (path: string, until: string) =>
  Effect.gen(function* () {
    const { server, tab } = yield* Stage
    yield* tab.send("Page.navigate", { url: `${server.url}${path}` })
    yield* tab.until(`location.pathname + location.search === "${path}" && ${seen(until)}`)
    return tab
  })

/** No request whose URL contains the text is sent before the page calls `release`. Lasts until the test ends. */
export const holding = (tab: Browser.Tab, text: string) => {
  const source = `(() => {
    const { fetch } = window
    const released = new Promise((resolve) => (window.release = resolve))
    window.fetch = async (...request) => {
      if ((request[0].url ?? String(request[0])).includes(${JSON.stringify(text)})) await released
      return fetch(...request)
    }
  })()`
  return Effect.acquireRelease(tab.send("Page.addScriptToEvaluateOnNewDocument", { source }), (answer) =>
    tab.send("Page.removeScriptToEvaluateOnNewDocument", Schema.decodeUnknownSync(ScriptId)(answer))
  )
}

export type Cases = (it: Vitest.MethodsNonLive<Stage, true>) => void

/** Runs the cases with one server and one browser. Without a browser one case names what is left out. */
export const onStage = (title: string, cases: Cases): void => {
  if (Browser.chromium === undefined) {
    it(`${title} needs Chromium`, () => console.warn(`LEFT OUT: ${title}. There is no Chromium on PATH.`))
    return
  }
  const stage = Layer.provide(Layer.scoped(Stage, makeStage(Browser.chromium)), Engine)
  layer(stage, { excludeTestServices: true, timeout: "5 minutes" })(title, cases)
}
