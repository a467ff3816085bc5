import { aVideo, createTestConnector } from "@runner-connector/node/testing"
import { expect, it } from "vitest"

it("plays a video although one of its three renditions fails twice", async () => {
  const playable: Array<string> = []
  const ended: Array<string> = []
  await using connector = await createTestConnector({
    transcoding: { resolutions: [360, 720, 1080] },
    on: {
      videoPlayable: async ({ destination }) => void playable.push(destination),
      transcodingEnded: async ({ destination, state }) => void ended.push(`${destination}: ${state}`)
    }
  })
  const { files, runner, time } = connector
  await files.put("uploads/cat.mov", aVideo({ width: 1920, height: 1080, seconds: 90 }))
  await connector.transcodeVideo({ path: "uploads/cat.mov", destination: "videos/cat" })

  for (const problem of ["no space left", "killed"]) {
    await runner.take()
    await runner.fail(problem)
  }
  for (const _ of ["720p", "1080p"]) {
    await runner.take()
    await runner.succeed()
  }
  expect(playable).toEqual(["videos/cat"])
  expect(ended).toEqual([])

  // The backoff after two failures.
  await time.advance("30 seconds")
  await runner.take()
  await runner.succeed()
  expect(ended).toEqual(["videos/cat: Published"])

  const master = (await files.list("videos/cat/")).findLast((path) => path.endsWith("-master.m3u8"))
  expect(await files.readText(String(master))).toMatch(/RESOLUTION=640x360[\s\S]*RESOLUTION=1920x1080/)
})
