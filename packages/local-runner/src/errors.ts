import { Schema } from "effect"
import type { RequestRefused } from "./wire/Answers.ts"

/**
 * The server does not know this runner: it was removed, or the token belongs to another server. A new registration may
 * help.
 */
export class UnknownRunner extends Schema.TaggedError<UnknownRunner>()("UnknownRunner", {
  /** The address of the server. */
  server: Schema.String
}) {
  override get message(): string {
    return `${this.server} does not know this runner`
  }
}

/** The work directory cannot be used. */
export class WorkDirectoryError extends Schema.TaggedError<WorkDirectoryError>()("WorkDirectoryError", {
  directory: Schema.String,
  cause: Schema.Defect
}) {
  override get message(): string {
    return `The work directory ${this.directory} cannot be used`
  }
}

/** Reasons why a runner cannot work at all. `RequestRefused` means that its registration was refused. */
export type LocalRunnerError = UnknownRunner | WorkDirectoryError | RequestRefused
