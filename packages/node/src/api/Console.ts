import type { Fetch, Handler } from "./Requests.ts"

/** Where the console is mounted. */
export interface ConsoleOptions {
  /** The path of all pages of the console, such as `/admin/videos`. It begins with a slash. */
  readonly path: string
}

/** The pages of the console. Everybody may load them. What they show, the API of the connector protects. */
export interface Console {
  /** Middleware for Express and Connect, and a listener for `node:http`. Other paths go to `next`, or get 404 without it. */
  readonly handler: Handler
  /** The same for web requests. */
  readonly fetch: Fetch
}
