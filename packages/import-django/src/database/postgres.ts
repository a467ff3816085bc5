import { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, type Redacted } from "effect"
import { DjangoDatabase, DjangoDatabaseError, type Row } from "./DjangoDatabase.ts"

const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")

interface Failure {
  readonly message?: string
  /** The errors of connecting to several addresses of one host. */
  readonly errors?: ReadonlyArray<Error>
}

/** The driver's reason, which does not contain the password. */
const unreadable = ({ cause, message = "" }: SqlError): DjangoDatabaseError => {
  const { errors = [], message: own = "" } = (cause ?? {}) as Failure
  const reasons = [own, ...errors.map((one) => one.message)].filter((reason) => reason !== "")
  const reason = reasons.length > 0 ? reasons.join(", ") : message
  return new DjangoDatabaseError({ message: `The database of --database cannot be read: ${reason}` })
}

/** The original's tables in PostgreSQL, by its URL. Every transaction is read-only. */
export const layer = (url: Redacted.Redacted<string>): Layer.Layer<DjangoDatabase, DjangoDatabaseError> => {
  const Client = PgClient.layer({ url, maxConnections: 1, applicationName: "runner-connector-import" })
  return Layer.scoped(
    DjangoDatabase,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* Effect.mapError(sql`SET default_transaction_read_only = on`, unreadable)
      return DjangoDatabase.of({
        dialect: {
          uuid: (hex) => `'${dashed(hex)}'`,
          videoOfJob: `lower(replace("privatePayload" ->> 'videoUUID', '-', ''))`
        },
        select: (statement) => Effect.mapError(sql.unsafe<Row>(statement), unreadable)
      })
    })
  ).pipe(
    Layer.provide(Client),
    Layer.mapError((error) => {
      if (error._tag === "DjangoDatabaseError") return error
      return unreadable(error._tag === "SqlError" ? error : new SqlError({ cause: error, message: String(error) }))
    })
  )
}
