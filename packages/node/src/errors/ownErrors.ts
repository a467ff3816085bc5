import { ConnectorError } from "./ConnectorError.ts"

// Errors that only this package has.

/** The options of `createConnector` are invalid. `details.problems` lists all faults. */
export class InvalidOptions extends ConnectorError {
  override readonly code = "InvalidOptions"
}

/** An optional package is not installed. The message names the command that installs it. */
export class MissingPackage extends ConnectorError {
  override readonly code = "MissingPackage"
}

/** A part of the connector could not start: the database, the storage or FFmpeg. The message names it. */
export class StartFailed extends ConnectorError {
  override readonly code = "StartFailed"
}

/** The given stream ended with an error. Nothing of it was stored. */
export class StreamFailed extends ConnectorError {
  override readonly code = "StreamFailed"
}

/** Thrown by `complete` of a job type: the result of the runner is wrong. The message is kept with the attempt. */
export class ResultRefused extends ConnectorError {
  override readonly code = "ResultRefused"
}

/** The connector was closed. */
export class ConnectorClosed extends ConnectorError {
  override readonly code = "ConnectorClosed"
}

/** A fault of the connector itself. Please report it with its cause. */
export class InternalError extends ConnectorError {
  override readonly code = "InternalError"
}
