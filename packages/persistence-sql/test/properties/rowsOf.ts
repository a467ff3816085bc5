import { Effect, Option } from "effect"
import { snapshot } from "../../../core/test/support/snapshot.ts"
import type { World } from "../../../core/test/support/World.ts"

/** As far as it was refreshed: all that two worlds in which the same has happened have in common: whatever is not just a number of the store's. */
export const rowsOf = (world: World) =>
  Effect.gen(function* () {
    const { files, jobs, registrationTokens, runners, videos } = yield* snapshot(world)
    const names = new Map<number | null, string>(runners.map(({ id, name }) => [id, name]))
    const tokens = new Map<number, string>(registrationTokens.map(({ id, tokenHash }) => [id, tokenHash]))
    return {
      jobs: jobs.map((job) => ({ ...job, runnerId: Option.fromNullable(names.get(job.runnerId)) })),
      videos: videos.map(({ number: _, ...video }) => video),
      runners: runners.map(({ id: _, registrationTokenId, ...runner }) => ({
        ...runner,
        registeredWith: tokens.get(registrationTokenId)
      })),
      registrationTokens: registrationTokens.map(({ id: _, ...token }) => token),
      files,
      masters: world.masters,
      told: world.told,
      pings: world.pings
    }
  })
