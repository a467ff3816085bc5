import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import type { Console, ConsoleOptions } from "./Console.ts"
import type { Events } from "./Events.ts"
import type { Figures } from "./Figures.ts"
import type { Jobs } from "./Jobs.ts"
import type { Fetch, Handler } from "./Requests.ts"
import type { RegistrationTokens, Runners } from "./Runners.ts"
import type { Store } from "./Store.ts"
import type { Videos } from "./Videos.ts"
import type { Webhooks } from "./Webhooks.ts"
import type { Work } from "./Work.ts"

/** A running connector. Every call rejects with a `ConnectorError`, whose `code` is stable. */
export interface Connector extends Work, Figures {
  /**
   * Answers the requests of runners, and of players with the option `playback`: middleware for Express and Connect, and a
   * listener for `node:http`. Other paths go to `next`, or get 404 without it. Register it before body parsers.
   */
  readonly handler: Handler
  /**
   * The same for web requests: Next.js, Hono, Bun, Deno. A second argument with a `clientAddress` names the client for
   * the limits of unauthenticated requests.
   */
  readonly fetch: Fetch
  /**
   * Answers web requests of players only, for routes that runners do not reach. Rejects with `InvalidOptions` without the
   * option `playback`.
   */
  readonly serve: Fetch
  /**
   * Serves Socket.IO under `/socket.io/` of the server, by which runners learn of new jobs at once. Without it they ask
   * now and then. The server may listen already or later, and any number of servers can be attached. `server.close` ends
   * the connections of runners and the streams of events, for which Node would wait without end.
   */
  readonly attach: (server: HttpServer | HttpsServer) => void
  /**
   * Loads the web console for a path of the application. Its pages use the routes of `handler` or `fetch` at the same origin.
   * Rejects with `InvalidOptions` without the option `api`, and with `MissingPackage` without `@runner-connector/console`.
   */
  readonly console: (options: ConsoleOptions) => Promise<Console>
  readonly videos: Videos
  readonly jobs: Jobs
  readonly runners: Runners
  readonly registrationTokens: RegistrationTokens
  readonly webhooks: Webhooks
  readonly store: Store
  readonly events: Events
  /**
   * Lets requests of runners finish for up to ten seconds, and ends everything that the connector has started. Resolves
   * at once when it was closed before. Close the application's own server first.
   */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
