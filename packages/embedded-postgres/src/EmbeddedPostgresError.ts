import { Effect, Schema } from "effect"

/** The embedded PostgreSQL cannot be had; `detail` says why and what to do, in a sentence for the operator. */
export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()("EmbeddedPostgresError", {
  reason: Schema.Literal("NoBinaries", "FolderInUse", "OtherVersion", "PortInUse", "Failed"),
  directory: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `No PostgreSQL in ${this.directory}: ${this.detail}`
  }
}

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Runs a promise of the file system; what it throws is the reason why `doing` failed. */
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
