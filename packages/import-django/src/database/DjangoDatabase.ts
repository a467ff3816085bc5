import { Context, type Effect, Schema } from "effect"

/** The database of the original cannot be read. The message names the cause and the remedy. */
export class DjangoDatabaseError extends Schema.TaggedError<DjangoDatabaseError>()("DjangoDatabaseError", {
  message: Schema.String
}) {}

/** The SQL that differs between PostgreSQL and SQLite. */
export interface Dialect {
  /** A UUID in 32 lower-case hex digits, as a literal that equals a column of type UUID. */
  readonly uuid: (hex: string) => string
  /** The UUID of a job's video in 32 lower-case hex digits. NULL when the job has none. */
  readonly videoOfJob: string
}

/** Reads the database of django-peertube-runner-connector. Writes nothing. */
export class DjangoDatabase extends Context.Tag("@runner-connector/import-django/DjangoDatabase")<
  DjangoDatabase,
  {
    readonly dialect: Dialect
    /** Rows of a statement that takes no parameters. */
    readonly select: (statement: string) => Effect.Effect<ReadonlyArray<Row>, DjangoDatabaseError>
  }
>() {}

/** A row as the driver returns it. */
export type Row = Readonly<Record<string, unknown>>
