import { Effect, Option } from "effect"
import { snapshot } from "../../../core/test/support/snapshot.ts"
import type { World } from "../../../core/test/support/World.ts"

/** What a refreshed world has in common with another one in which the same has happened: everything but the stores' numbers. */
export const rowsOf = (world: World) =>
  Effect.gen(function* () {
    const { files, jobs, registrationTokens, runners, videos } = yield* snapshot(world)
    const names = new Map<number | null, string>(runners.map(({ id, name }) => [id, name]))
    const tokens = new Map<number, string>(registrationTokens.map(({ id, tokenHash }) => [id, tokenHash]))
    return {
      jobs: jobs.map((job) => ({
        ...job,
        runnerId: Option.fromNullable(names.get(job.runnerId)),
        avoided: job.avoided.map((id) => names.get(id))
      })),
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
