import type { FileSystem, Path } from "@effect/platform"
import type { ApiWeb } from "@runner-connector/protocol"
import type { ConfigError, Effect, Layer } from "effect"
import type { Installation } from "./installation/Installation.ts"
import type { Refusal } from "./Refusal.ts"

/** The program that offers the commands. */
export interface Host {
  /** The installation to administer. It is read by commands that need it, not by `--help`. */
  readonly installation: Layer.Layer<Installation, ConfigError.ConfigError | Refusal, FileSystem.FileSystem | Path.Path>
  /** The settings that the command `settings` lists. */
  readonly settings: Effect.Effect<ReadonlyArray<ApiWeb.Setting>>
}
