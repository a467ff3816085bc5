import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { api, type Video } from "./Api.ts"
import * as ExampleServer from "./ExampleServer.ts"
import type { Played } from "./playback.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/** A server with these variables, and a client. */
export const aServer = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port: yield* freePort, env })
    return { folder, server, client: api(server.url) }
  })

/** The played media match the upload and the video's document. */
export const assertPlays = (video: Video, renditions: ReadonlyArray<Played>, seconds: number): void => {
  assert.closeTo(Number(video.duration), seconds, 0.1)
  const files = [...video.files].sort((a, b) => a.height - b.height)
  assert.strictEqual(renditions.length, files.length)
  for (const [index, played] of renditions.entries()) {
    const file = files[index]
    assert.isDefined(file)
    assert.deepInclude(played, { width: file.width, height: file.height, bytes: file.size, hasSound: true })
    assert.closeTo(played.announced, seconds, 0.15)
    assert.closeTo(played.decoded, seconds, 0.15)
  }
}
