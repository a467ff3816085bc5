import { Problem } from "@runner-connector/protocol"

/** The statuses of errors that no answer of the protocol has. */
const ownStatuses: Readonly<Record<string, Problem.Status>> = {
  StreamFailed: 400,
  EventsMissed: 410,
  ResultRefused: 422,
  ConnectorClosed: 503,
  InvalidOptions: 500,
  MissingPackage: 500,
  StartFailed: 500,
  InternalError: 500
}

/** The HTTP status of the error with this code: for errors of the core, the one with which runners are answered. */
export const statusOf = (code: string): Problem.Status =>
  ownStatuses[code] ?? Problem.problemOf({ _tag: code, message: "" } as Problem.WireError).status
