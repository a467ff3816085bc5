import type { ConnectorEvent } from "../model.ts"
import type { CallOptions } from "./CallOptions.ts"

/** The events to read. */
export interface EventOptions extends CallOptions {
  /** The `cursor` of the last event that was processed. Without it, events from the call on are read. */
  readonly after?: string | undefined
}

/**
 * Reads events in their order, also those of other processes, until the loop is left or the connector closes. The loop
 * throws the reason of the signal when that aborts.
 */
export type Events = (options?: EventOptions) => AsyncIterable<ConnectorEvent>
