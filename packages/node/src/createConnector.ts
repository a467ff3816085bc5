import type { Connector } from "./api/Connector.ts"
import { connect } from "./connect.ts"
import type { ConnectorOptions } from "./options/ConnectorOptions.ts"

/**
 * Starts a connector: the database, the storage, the delivery of events and upkeep. Rejects with `InvalidOptions`, which
 * lists every fault, with `MissingPackage` or with `StartFailed`; nothing is left running then. Several connectors can run
 * in one process.
 */
export const createConnector = async (options: ConnectorOptions): Promise<Connector> =>
  (await connect(options)).connector
