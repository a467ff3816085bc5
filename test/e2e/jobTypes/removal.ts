import { join } from "node:path"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { until } from "../support/waiting.ts"
import { filesBelow } from "../support/workspace.ts"
import { type Cases, Works } from "./works.ts"

const folders = ["storage", "local-runner", "spool"]

/** Deletes all videos. Must be the last case. */
export const removalCase = (it: Cases): void => {
  it.effect("no file that stays after the deletion of its video", () =>
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
}
