import type { Redacted } from "effect"
import type { Settings } from "./Settings.ts"
import type { Sources } from "./Sources.ts"
import type { Wire } from "./wire/Wire.ts"

/** A running runner: its server, its identity and its settings. */
export interface Session {
  readonly wire: Wire
  readonly settings: Settings
  readonly sources: Sources
  readonly runnerToken: Redacted.Redacted<string>
}
