import { Effect, Schema } from "effect"
import { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { RegistrationToken, Runner } from "../../src/domain/runner/Runner.ts"
import { Video } from "../../src/domain/video/Video.ts"
import type { World } from "./World.ts"

const encode = {
  jobs: Schema.encodeSync(Schema.Array(RunnerJob)),
  videos: Schema.encodeSync(Schema.Array(Video)),
  runners: Schema.encodeSync(Schema.Array(Runner)),
  tokens: Schema.encodeSync(Schema.Array(RegistrationToken))
}

/** All stored data as rows, to compare before and after, and to search for secrets. */
export const snapshot = (world: World) =>
  Effect.map(world.files, (files) => ({
    jobs: encode.jobs([...world.state.jobs.values()]),
    videos: encode.videos([...world.state.videos.values()]),
    runners: encode.runners([...world.state.runners.values()]),
    registrationTokens: encode.tokens([...world.state.registrationTokens.values()]),
    files
  }))
