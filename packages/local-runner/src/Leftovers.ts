import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import * as Backoff from "./Backoff.ts"
import type { Session } from "./Session.ts"
import * as WorkFolders from "./WorkFolders.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"

type Files = FileSystem.FileSystem | Path.Path

/**
 * Gives back the jobs of a killed run, so that they do not have to wait for the expiry of their lease. Waits for an
 * unavailable server. If a record is unreadable or belongs to another server, only its folder is removed.
 */
export const giveBack = (
  session: Session,
  leftovers: ReadonlyArray<WorkFolders.Leftover>
): Effect.Effect<void, never, Files> =>
  Effect.forEach(leftovers, (leftover) => clear(session, leftover), { concurrency: 4, discard: true })

const clear = ({ runnerToken, settings, wire }: Session, { folder, record }: WorkFolders.Leftover) =>
  Effect.gen(function* () {
    yield* WorkFolders.close(folder, { keepRecord: true })
    if (Option.isSome(record) && record.value.server === wire.url.origin) {
      const { jobToken, uuid } = record.value
      yield* RunnerCalls.abort(wire, { uuid, jobToken, runnerToken }, "Runner restarted").pipe(
        Backoff.untilAvailable(settings.retryDelay),
        Effect.matchEffect({
          onSuccess: () => Effect.logInfo("Gave back a job of an earlier run"),
          onFailure: (error) =>
            Effect.logDebug("A job of an earlier run no longer belongs to this runner", error.message)
        }),
        Effect.annotateLogs({ job: uuid })
      )
    }
    yield* WorkFolders.close(folder, { keepRecord: false })
  })
