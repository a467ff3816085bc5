import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import * as FormRunner from "./support/FormRunner.ts"
import { makeRendition } from "./support/rendition.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

/** A result that lasts longer than the uploaded video, as the form of a runner. */
const longer = Effect.gen(function* () {
  const clip = yield* makeClip(yield* temporaryFolder, "longer.mp4", { size: "320x180", seconds: 6 })
  const parts = yield* makeRendition(yield* Effect.promise(() => readFile(clip)), 180)
  return Object.fromEntries(
    parts.flatMap((part) =>
      "bytes" in part && part.filename !== undefined
        ? [[/\[(.*)\]/.exec(part.name)?.[1] ?? "", new File([new Uint8Array(part.bytes)], part.filename)]]
        : []
    )
  )
})

it.scopedLive("a duration that two runners agree on replaces that of the source", () =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env: { LOCAL_RUNNER: "off" } })
    const token = yield* ExampleServer.registrationToken(server)
    const client = api(server.url)
    const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
    const before = yield* client.video(uuid)
    assert.isBelow(Number(before.duration), 4)
    const result = yield* longer

    const first = yield* FormRunner.register(server.url, token)
    yield* Effect.flatMap(first.take("vod-hls-transcoding"), ({ succeed }) => succeed(result))
    yield* until(
      "the first result is refused",
      client.video(uuid),
      ({ jobs }) => jobs[0]?.attempts[0]?.outcome === "refused"
    )

    const second = yield* FormRunner.register(server.url, token, "another")
    const retry = Effect.option(Effect.sandbox(second.take("vod-hls-transcoding")))
    const held = yield* until("the job can be taken again", retry, (taken) => taken._tag === "Some")
    if (held._tag === "Some") yield* held.value.succeed(result)
    const video = yield* client.settled(uuid)
    deepStrictEqual(
      [video.state.label, video.jobs[0]?.attempts.map(({ outcome }) => outcome)],
      ["Published", ["refused", "completed"]]
    )
    assert.closeTo(Number(video.duration), 6, 0.3)
  }).pipe(Effect.provide(Engine))
)
