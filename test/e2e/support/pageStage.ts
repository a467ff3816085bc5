import { join } from "node:path"
import type { Vitest } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api } from "./Api.ts"
import * as Browser from "./Browser.ts"
import { Engine } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import * as FormRunner from "./FormRunner.ts"
import * as Footage from "./footage.ts"
import { only144p } from "./only144p.ts"
import { playableCard, published, seen } from "./page.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

const env = {
  LOCAL_RUNNER: "off",
  LIVES_ALLOW_PRIVATE_ADDRESSES: "on",
  STORYBOARDS: "on",
  ...only144p
}

const makeServer = Effect.gen(function* () {
  return yield* ExampleServer.start({ dataDir: join(yield* temporaryFolder, "data"), port: yield* freePort, env })
})

export class Server extends Context.Tag("Server")<Server, ExampleServer.ExampleServer>() {
  static readonly layer = Layer.scoped(Server, makeServer)
}

/** A video with prepared results, and the server's page in a browser. */
const makeStage = (program: string) =>
  Effect.gen(function* () {
    const server = yield* Server
    const footage = yield* Footage.make(yield* temporaryFolder)
    const client = api(server.url)
    const runner = yield* FormRunner.register(server.url, yield* ExampleServer.registrationToken(server))
    yield* published(client, runner, footage)
    yield* runner.canDo(["vod-hls-transcoding", "video-transcription", "live-rtmp-hls-transcoding"])
    const tab = yield* Browser.open(program, server.url)
    yield* tab.until(seen(playableCard))
    return { server, client, runner, footage, tab }
  })

export class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<ReturnType<typeof makeStage>>>() {}

/** The stage in this browser. */
export const stageIn = (program: string) => Layer.provide(Layer.scoped(Stage, makeStage(program)), Engine)

export type Cases = (it: Vitest.MethodsNonLive<Stage, true>) => void

/** Opens a path of the server and waits for the document. */
export const home = (tab: Browser.Tab, path = "/") =>
  Effect.gen(function* () {
    const { server } = yield* Stage
    yield* tab.send("Page.navigate", { url: `${server.url}${path}` })
    yield* tab.until(`location.pathname === "${path}" && document.readyState === "complete"`)
  })
