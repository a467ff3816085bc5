import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { type FileKey, FileStorage, MemoryDisk, MemoryFileStorage, MemoryStores } from "@runner-connector/core"
import { type DjangoMedia, importDjango, layerPostgres, layerSqlite } from "@runner-connector/import-django"
import { SqlStores } from "@runner-connector/persistence-sql"
import * as Probe from "@runner-connector/probe/auto"
import { Chunk, Console, Effect, Layer, Option, Redacted } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { ensureCopy } from "../copy/copyFiles.ts"
import { type Location, locationOf } from "../copy/Location.ts"
import { connector, Installation } from "../installation/Installation.ts"
import * as Storage from "../installation/Storage.ts"
import * as Tables from "../installation/Tables.ts"
import { json, printJson } from "../output.ts"
import { Refusal } from "../Refusal.ts"
import { printReport, sentenceOf } from "./importReport.ts"
import { openCopyJournal } from "./storage.ts"

const originalDatabase = (given: string) =>
  /^postgres(ql)?:\/\//.test(given) ? layerPostgres(Redacted.make(given)) : layerSqlite(given)

/** The storage of this server, by its name in the journal of copies. */
const ownLocation = Effect.gen(function* () {
  const { dataDir, s3 } = yield* Installation
  if (Option.isNone(s3)) return `folder:${yield* Storage.folderOf(dataDir)}`
  const { bucket, prefix } = s3.value
  return `s3:${bucket}${prefix === undefined ? "" : `/${prefix}`}`
})

/** Follows links, because the folder of the storage may be a link to the folder of the media. */
const resolved = (name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!name.startsWith("folder:")) return name.replace(/\/+$/, "")
    const path = name.slice("folder:".length)
    return `folder:${yield* Effect.orElseSucceed(fs.realPath(path), () => path)}`
  })

/** Copies the files of the original unless its storage is the one of this server. */
const makeMedia = (location: Location, dryRun: boolean) =>
  Effect.gen(function* () {
    const original = yield* location.reader
    const own = yield* ownLocation
    if (dryRun || (yield* resolved(own)) === (yield* resolved(location.name))) {
      return { original, bring: () => Effect.void } satisfies DjangoMedia
    }
    const from = { name: location.name, storage: original }
    const to = { name: own, storage: yield* FileStorage.FileStorage }
    const journal = yield* openCopyJournal
    const bring = (key: FileKey.FileKey) =>
      Effect.flatMap(ensureCopy(from, to, journal, key), ({ outcome }) =>
        outcome === "gone"
          ? new Refusal({ message: `${key} is no longer in the storage of the original.` })
          : Effect.void
      )
    return { original, bring } satisfies DjangoMedia
  })

const Nothing = MemoryStores.layer

/** The stores for a dry run, which neither starts a database nor creates tables. Missing ones count as empty. */
const existingStores = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { databaseUrl, dataDir } = yield* Installation
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = path.resolve(dataDir, "postgres", "data")
    const isThere = Option.isSome(databaseUrl) || (yield* Effect.orElseSucceed(fs.exists(folder), () => false))
    const tables = Layer.provide(SqlStores.layerWithoutMigrations, Tables.layer)
    return isThere
      ? Layer.catchAll(tables, (error) =>
          error._tag === "SchemaVersionMismatch" && error.found === 0 ? Nothing : Layer.fail(error)
        )
      : Nothing
  })
)

const NoFiles = MemoryFileStorage.layer.pipe(
  Layer.provide(Layer.sync(MemoryDisk.MemoryDisk, (): MemoryDisk.MemoryDisk["Type"] => new Map()))
)

const servicesFor = (database: string, dryRun: boolean) =>
  Layer.mergeAll(originalDatabase(database), Probe.layer, connector).pipe(
    Layer.merge(
      dryRun
        ? Layer.merge(existingStores, NoFiles)
        : Layer.merge(Layer.provide(Tables.stores, Tables.layer), Storage.layer)
    )
  )

const run = (location: Location, { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean }) =>
  Effect.gen(function* () {
    const media = yield* makeMedia(location, dryRun)
    const onProgress = (report: Parameters<typeof sentenceOf>[0]) => Console.error(`${sentenceOf(report)} …`)
    const report = yield* importDjango({ media, dryRun, onProgress })
    if (json) yield* printJson({ ...report, notes: Chunk.toReadonlyArray(report.notes), dryRun })
    else {
      yield* printReport(report)
      yield* Console.log(`\n${dryRun ? "Nothing was written. " : ""}${sentenceOf(report)}.`)
    }
    if (report.failed > 0) {
      return yield* new Refusal({ message: `${report.failed} videos were not imported. Run the command again.` })
    }
  })

export const importDjangoCommand: CommandOf<"import-django", Installation | FileSystem.FileSystem | Path.Path> =
  Command.make(
    "import-django",
    {
      database: Options.text("database").pipe(
        Options.withDescription("The database of the original: a PostgreSQL URL or a SQLite file")
      ),
      media: Options.text("media").pipe(
        Options.withDescription("The storage of the original: a folder, or s3:BUCKET/PREFIX")
      ),
      dryRun: Options.boolean("dry-run").pipe(Options.withDescription("Report only, and write nothing")),
      json
    },
    ({ database, dryRun, json, media }) =>
      Effect.gen(function* () {
        const location = yield* locationOf(media.startsWith("s3:") ? media : `folder:${media}`)
        yield* location.check
        yield* Effect.provide(run(location, { dryRun, json }), servicesFor(database, dryRun))
      }).pipe(Effect.scoped)
  ).pipe(Command.withDescription("Imports runners, videos, files and jobs of django-peertube-runner-connector"))
