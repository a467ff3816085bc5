import { ConnectorConfig, CustomUploads, FileStorage, type ReceivedResult, Resumption } from "@runner-connector/core"
import { Effect, Option, Schedule, type Scope } from "effect"
import type { Spool } from "../body/Spool.ts"
import { spooledFile } from "../body/spooledFile.ts"
import { lend } from "./waitingFiles.ts"

/** The spooled file. None when it is missing or incomplete. */
const spooled = (spool: Spool, file: ReceivedResult.ReceivedFile) =>
  Effect.map(spool.find(file.path, file.size), (isThere) =>
    isThere ? Option.some(spooledFile(spool, { ...file, filename: file.filename ?? undefined })) : Option.none()
  )

/** Finds the files of received results: in the spool of this server, or among the custom uploads in storage. */
const makeFindFiles = (spool: Spool): Effect.Effect<Resumption.FindFiles, never, FileStorage.FileStorage> =>
  Effect.map(
    FileStorage.FileStorage,
    (storage) => (job, received) =>
      Effect.gen(function* () {
        const names = Object.keys(received.files)
        const found = yield* Effect.forEach(Object.entries(received.files), ([name, file]) =>
          Effect.map(
            spooled(spool, file),
            Option.map((upload) => [name, upload] as const)
          )
        )
        const here = Object.fromEntries(found.flatMap(Option.toArray))
        const missing = CustomUploads.waitingFiles(job).filter(({ file }) => names.includes(file) && !(file in here))
        const folder = yield* spool.folder
        const lent = yield* lend(missing, folder)
        const files = { ...lent.files, ...here }
        const letGo = Effect.zipRight(lent.release, folder.release)
        if (names.some((name) => !(name in files))) return yield* Effect.as(letGo, Option.none())
        const discard = Effect.forEach(Object.values(here), ({ path }) => spool.discard(path), { discard: true })
        return Option.some({ files, letGo, release: Effect.zipRight(letGo, discard) })
      }).pipe(
        Effect.provideService(FileStorage.FileStorage, storage),
        Effect.catchAll((error) => Effect.as(Effect.logDebug("Received files could not be read", error), Option.none()))
      )
  )

/**
 * Continues to store the results that this server, or an earlier process with the same spool folder, received and did not
 * store because it died. Looks for them every `upkeepInterval` until the scope ends.
 */
export const resumeReceived = ({
  spool
}: {
  readonly spool: Spool
}): Effect.Effect<
  void,
  never,
  Resumption.Resumption | FileStorage.FileStorage | ConnectorConfig.ConnectorConfig | Scope.Scope
> =>
  Effect.gen(function* () {
    const { resume } = yield* Resumption.Resumption
    const { upkeepInterval } = yield* ConnectorConfig.ConnectorConfig
    const findFiles = yield* makeFindFiles(spool)
    yield* resume(findFiles).pipe(
      Effect.catchAllCause((cause) => Effect.logWarning("Received results could not be looked for", cause)),
      Effect.repeat(Schedule.spaced(upkeepInterval)),
      Effect.forkScoped
    )
  })
