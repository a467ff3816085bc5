import { join } from "node:path"
import { layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { vi } from "vitest"
import { asideCases } from "./jobTypes/aside.ts"
import { liveCases } from "./jobTypes/live.ts"
import { vodCases } from "./jobTypes/vod.ts"
import { Works, worksWith } from "./jobTypes/works.ts"
import { until } from "./support/waiting.ts"
import { filesBelow } from "./support/workspace.ts"

// The first cases wait for the shared queue.
vi.setConfig({ testTimeout: 90_000 })

const folders = ["storage", "local-runner", "spool"]

layer(worksWith(), { excludeTestServices: true, timeout: "120 seconds" })("the server and its runner make", (it) => {
  liveCases(it)
  vodCases(it)
  asideCases(it)

  it.effect("no track longer than its video", () =>
    Effect.gen(function* () {
      const { client, server } = yield* Works
      const { data } = yield* client.videos
      const answers = yield* Effect.forEach(data, ({ uuid }) => client.remove(uuid))
      deepStrictEqual(
        answers.map(({ status }) => status),
        data.map(() => 204)
      )
      // The host stored this file itself.
      const mine = join("mine", "clip.mp4")
      const left = Effect.forEach(folders, (folder) => filesBelow(join(server.dataDir, folder)))
      const names = Effect.map(left, (files) => files.flat().map(([name]) => name))
      yield* until("nothing is left", names, (found) => found.every((name) => name === mine))
    })
  )
})
