import type { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option, RcMap, type Scope } from "effect"
import type { WorkDirectoryError } from "./errors.ts"
import type { Download } from "./jobs/JobType.ts"
import type { Settings } from "./Settings.ts"
import * as SourceShelf from "./SourceShelf.ts"
import type { WireError } from "./wire/Answers.ts"
import type { Lease } from "./wire/RunnerCalls.ts"
import * as Transfers from "./wire/Transfers.ts"
import type { Wire } from "./wire/Wire.ts"

type Downloading = Effect.Effect<Download, WireError | PlatformError, FileSystem.FileSystem>

/** The input files of jobs. Those of the last jobs are kept, because the renditions of a video are made of the same file. */
export interface Sources {
  /**
   * Brings the file at an address to this path. A kept file is used only if the server confirms to the job that the address
   * still has the same strong entity tag. Jobs that want the same file at the same time wait for one download.
   */
  readonly download: (lease: Lease, address: string, path: string) => Downloading
}

/** The same for all jobs that may download a file: its address without the job. */
const resourceOf = (address: string, { uuid }: Lease): string => address.replace(`/jobs/${uuid}/`, "/jobs/*/")

/** A job can have a file for the picture and one for the sound. */
const FILES_PER_SLOT = 2

/** Keeps up to two files for each slot, in the work directory. */
export const make = (
  wire: Wire,
  { slots, workDirectory }: Pick<Settings, "slots" | "workDirectory">
): Effect.Effect<Sources, WorkDirectoryError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const shelf = yield* SourceShelf.make(workDirectory, FILES_PER_SLOT * slots.count)
    const turns = yield* RcMap.make({ lookup: (_resource: string) => Effect.makeSemaphore(1) })

    const bring = (
      lease: Lease,
      file: { readonly resource: string; readonly address: string; readonly path: string },
      kept: SourceShelf.Kept | undefined
    ): Downloading =>
      Effect.gen(function* () {
        const { address, path, resource } = file
        const answer = yield* Transfers.download(wire, lease, { address, path, known: kept?.etag })
        if (answer._tag === "Unchanged" && kept !== undefined) {
          const taken = yield* shelf.take(resource, kept, path)
          return yield* Option.match(taken, { onNone: () => bring(lease, file, undefined), onSome: Effect.succeed })
        }
        const download: Download = { path, content: {} }
        if (answer._tag === "Saved" && Option.isSome(answer.etag)) {
          yield* shelf.keep(resource, { ...download, etag: answer.etag.value })
        }
        return download
      })

    const download: Sources["download"] = (lease, address, path) => {
      const resource = resourceOf(address, lease)
      return Effect.gen(function* () {
        const turn = yield* RcMap.get(turns, resource)
        const bringing = Effect.suspend(() => bring(lease, { resource, address, path }, shelf.find(resource)))
        return yield* turn.withPermits(1)(bringing)
      }).pipe(Effect.scoped)
    }
    return { download }
  })
