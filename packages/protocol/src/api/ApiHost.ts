import { Context, Effect } from "effect"

/** How a host offers the console's API. */
export interface ApiOptions {
  /** The path below which all routes are, such as `/media-admin`. Default: none, so `/videos` is a route of the origin. */
  readonly path?: string | undefined
  /** Everybody may list and change videos, not only administrators. Default: `false`. */
  readonly opensVideos?: boolean | undefined
  /** Completes when streams of events must end, because the server shuts down. Browsers then connect to another one. */
  readonly until?: Effect.Effect<void> | undefined
}

/** The options of this host, complete. */
export class ApiHost extends Context.Tag("@runner-connector/protocol/ApiHost")<
  ApiHost,
  { readonly until: Effect.Effect<void> }
>() {}

/** Fills in the defaults. */
export const hostOf = ({ until = Effect.never }: ApiOptions): ApiHost["Type"] => ({ until })
