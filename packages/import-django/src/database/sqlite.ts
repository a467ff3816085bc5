import { Effect, Layer } from "effect"
import type { Database } from "node-sqlite3-wasm"
import { DjangoDatabase, DjangoDatabaseError, type Row } from "./DjangoDatabase.ts"

type Module = { readonly default: { readonly Database: typeof Database } }

/** Resolved here and not bundled, because the package loads its WebAssembly from beside its module. */
const load = Effect.tryPromise({
  try: async (): Promise<Module> => {
    const place = import.meta.resolve("node-sqlite3-wasm")
    return await import(place)
  },
  catch: () => new DjangoDatabaseError({ message: "Install the package node-sqlite3-wasm to read SQLite databases" })
})

/** SQLite reports a database in WAL mode like a missing file, because that mode needs shared memory. */
const unreadable = (file: string) => (cause: unknown) =>
  new DjangoDatabaseError({
    message: `The SQLite database ${file} cannot be read (${cause instanceof Error ? cause.message : String(cause)}). If it is in WAL mode, leave that mode first: sqlite3 ${file} 'PRAGMA journal_mode=DELETE'`
  })

/** The original's tables in a SQLite file, which is opened for reading only. Needs the package `node-sqlite3-wasm`. */
export const layer = (file: string): Layer.Layer<DjangoDatabase, DjangoDatabaseError> =>
  Layer.scoped(
    DjangoDatabase,
    Effect.gen(function* () {
      const { default: sqlite } = yield* load
      const database = yield* Effect.acquireRelease(
        Effect.try({
          try: () => new sqlite.Database(file, { fileMustExist: true, readOnly: true }),
          catch: unreadable(file)
        }),
        (open) => Effect.sync(() => open.close())
      )
      return DjangoDatabase.of({
        dialect: {
          uuid: (hex) => `'${hex}'`,
          videoOfJob: `lower(replace(CASE WHEN json_valid("privatePayload")
            THEN json_extract("privatePayload", '$.videoUUID') END, '-', ''))`
        },
        select: (statement) =>
          Effect.try({ try: () => database.all(statement) as ReadonlyArray<Row>, catch: unreadable(file) })
      })
    })
  )
