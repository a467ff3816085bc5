import { connect } from "node:net"
import { Effect } from "effect"
import { ServiceError } from "./programs.ts"

/** A running proxy with TLS in front of a server. */
export interface Proxy {
  readonly url: string
  readonly port: number
  /** The file with the certificate that clients must trust. */
  readonly certificate: string
}

/** Fails unless something listens on the port. */
export const accepts = (port: number): Effect.Effect<void, ServiceError> =>
  Effect.async((resume) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resume(Effect.void)
    })
    socket.once("error", ({ message }) => resume(Effect.fail(new ServiceError({ message }))))
    return Effect.sync(() => void socket.destroy())
  })
