import { Context, type DateTime, type Effect } from "effect"
import type { PersistenceError } from "./PersistenceError.ts"

/**
 * Records which sessions of browsers have ended before their expiry. Sessions themselves are signed and not stored, so that
 * signing in writes nothing.
 */
export class SessionStore extends Context.Tag("@runner-connector/core/SessionStore")<
  SessionStore,
  {
    /**
     * Ends the session with this UUID in all processes. The record is needed until the session would have expired, and is
     * removed by a later call. Ending a session twice is no error.
     */
    readonly revoke: (id: string, expiresAt: DateTime.Utc) => Effect.Effect<void, PersistenceError>
    /** Whether the session was ended. */
    readonly isRevoked: (id: string) => Effect.Effect<boolean, PersistenceError>
  }
>() {}
