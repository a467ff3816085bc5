import { isIP } from "node:net"
import type { Middleware } from "h3"

/**
 * Takes the client's address from the last entry of `X-Forwarded-For`, which is the one that the proxy has added. Only for
 * servers that clients reach through a proxy: others could send any address.
 */
export const proxyClient: Middleware = (event, next) => {
  const address = event.req.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? ""
  if (isIP(address) !== 0) event.context.clientAddress = address
  return next()
}
