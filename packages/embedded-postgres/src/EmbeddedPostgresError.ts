import { Effect, Schema } from "effect"

/** The embedded PostgreSQL does not work. `detail` tells the operator why, and what to do. */
export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()("EmbeddedPostgresError", {
  reason: Schema.Literal("NoBinaries", "FolderInUse", "OtherVersion", "PortInUse", "Crashed", "Failed"),
  directory: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `No PostgreSQL in ${this.directory}: ${this.detail}`
  }
}

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Runs a promise of the file system. A rejection becomes an error that names `doing`. */
export const attempt = <A>(
  directory: string,
  doing: string,
  body: () => Promise<A>
): Effect.Effect<A, EmbeddedPostgresError> =>
  Effect.tryPromise({
    try: body,
    catch: (cause) =>
      new EmbeddedPostgresError({ reason: "Failed", directory, detail: `${doing} failed: ${text(cause)}` })
  })
