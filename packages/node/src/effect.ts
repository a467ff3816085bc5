import type { Layer, ManagedRuntime } from "effect"
import type { Connector } from "./api/Connector.ts"
import { connect } from "./connect.ts"
import type { ConnectorError } from "./errors/index.ts"
import type { ConnectorOptions } from "./options/ConnectorOptions.ts"
import type { Services } from "./runtime/compose.ts"

export type { Services } from "./runtime/compose.ts"

/** The options of an application that uses Effect. */
export interface EffectConnectorOptions<Provided, E> extends ConnectorOptions {
  /**
   * Replaces adapters: the ports that it provides are used instead of those of the other options. All stores together
   * replace the database, and a `PgClient` replaces its address. It may also provide hooks, a clock or a tracer.
   */
  readonly layer?: Layer.Layer<Provided, E> | undefined
}

/** A connector whose services an application of Effect can use. */
export interface EffectConnector extends Connector {
  /** Has every use case and every port. It ends with the connector. */
  readonly runtime: ManagedRuntime.ManagedRuntime<Services, ConnectorError>
}

/** The same as `createConnector` of `@runner-connector/node`, for applications that use Effect. */
export const createConnector = async <Provided, E>(
  options: EffectConnectorOptions<Provided, E>
): Promise<EffectConnector> => {
  const { connector, engine } = await connect(options)
  return { ...connector, runtime: engine.runtime }
}
