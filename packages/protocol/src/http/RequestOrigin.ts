import { Either } from "effect"
import { CrossOriginRequest, UnknownHost } from "./ProtocolErrors.ts"

/** The names under which a server is reached. */
export interface OwnHosts {
  /** The origin that browsers use, also when a proxy passes another host on. */
  readonly publicUrl: URL
  /** Whether the server answers for this host name. Given in lower case, IPv6 addresses in brackets. */
  readonly isOwnHost: (hostname: string) => boolean
}

/** The methods that change nothing. */
export const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"])

/** Undefined when there is no such host. */
const urlOf = (origin: string): URL | undefined => (URL.canParse(origin) ? new URL(origin) : undefined)

const withoutTrailingDot = (hostname: string): string => hostname.replace(/\.$/, "")

/**
 * Browsers state in `Sec-Fetch-Site` how the page relates to the server, but only over HTTPS and on loopback. Elsewhere
 * they send the page's `Origin`. Other programs send neither.
 */
export const isCrossOrigin = ({ headers }: Request, { publicUrl }: Pick<OwnHosts, "publicUrl">): boolean => {
  const site = headers.get("sec-fetch-site")
  if (site !== null) return site !== "same-origin" && site !== "none"
  const origin = headers.get("origin")
  if (origin === null) return false
  const host = urlOf(origin)?.host
  return host === undefined || (host !== headers.get("host")?.toLowerCase() && host !== publicUrl.host)
}

/**
 * Refuses requests that change something when a page of another origin sends them, or when their `Host` is not one of the
 * server's. Without the second check an attacker could let a name of his own resolve to this server, and his page would be
 * of the same origin. Passes requests that only read, and requests of other programs than browsers.
 */
export const check = (request: Request, own: OwnHosts): Either.Either<void, CrossOriginRequest | UnknownHost> => {
  if (safeMethods.has(request.method)) return Either.void
  const host = request.headers.get("host")
  if (host !== null) {
    const hostname = urlOf(`http://${host}`)?.hostname
    if (hostname === undefined || !own.isOwnHost(withoutTrailingDot(hostname))) return Either.left(new UnknownHost())
  }
  return isCrossOrigin(request, own) ? Either.left(new CrossOriginRequest()) : Either.void
}
