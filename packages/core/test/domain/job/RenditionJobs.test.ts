import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Option } from "effect"
import { byRendition } from "../../../src/domain/job/RenditionJobs.ts"
import type { RunnerJob } from "../../../src/domain/job/RunnerJob.ts"

const rendition = Option.some(crypto.randomUUID())

const aChunk = (chunk: number, share: number, over: Partial<RunnerJob>): RunnerJob =>
  aJob({ renditionId: rendition, chunk: Option.some(chunk), privatePayload: { share }, ...over })

it("shows the chunks of a rendition as one job, by the lengths of the completed chunks", () => {
  const sound = aJob({ state: "Completed" })
  const chunks = [
    aChunk(0, 0.2, { state: "Completed" }),
    aChunk(1, 0.3, { state: "Processing", progress: Option.some(50) }),
    aChunk(2, 0.4, { state: "Pending" })
  ]
  deepStrictEqual(
    byRendition([sound, ...chunks]).map(({ chunks, job }) => [job.id, chunks]),
    [
      [sound.id, Option.none()],
      [chunks[1]?.id, Option.some({ total: 3, completed: 1, progress: 35 })]
    ] as never
  )
})

it("shows the chunk that has failed", () => {
  const chunks = [
    aChunk(0, 0.5, { state: "Completed" }),
    aChunk(1, 0.25, { state: "ParentErrored" }),
    aChunk(2, 0.25, { state: "Errored" })
  ]
  deepStrictEqual(
    byRendition(chunks).map(({ job }) => job.chunk),
    [Option.some(2)]
  )
})
