import type { Errors } from "@runner-connector/core"
import { Context, Effect } from "effect"

/** Refuses the address of a field of the request to which a runner or the server would connect. */
export type RequirePublicHost = (field: string, url: string) => Effect.Effect<void, Errors.InvalidRequest>

/** A setting of the host for operators. */
export interface Setting {
  readonly name: string
  /** Null when there is no value, and for secrets. */
  readonly value: string | null
  readonly origin: "environment" | "default"
  readonly secret: boolean
  readonly description: string | null
}

/** How a host offers the API of the console. */
export interface ApiOptions {
  /** The path below which all routes are, such as `/media-admin`. Default: none, so `/videos` is a route of the origin. */
  readonly path?: string | undefined
  /** Everybody may list and change videos, except pages of other origins. Default: `false`, only administrators may. */
  readonly opensVideos?: boolean | undefined
  /** The largest file of an upload in bytes. Default: the setting `maxFileSize`, which limits the files of runners. */
  readonly maxUploadSize?: number | undefined
  /**
   * The host receives uploads with tus 1.0.0 at `/videos/uploads` below `path`. Pages then resume interrupted uploads.
   * Default: `false`, pages send each file in one request.
   */
  readonly resumableUploads?: boolean | undefined
  /** Whether a new video gets a storyboard. Default: `true`. */
  readonly storyboards?: boolean | undefined
  /** Checks the addresses of lives and of captions. Default: every address passes. */
  readonly requirePublicHost?: RequirePublicHost | undefined
  /** The effective settings, without secrets. Default: none are shown. */
  readonly settings?: ReadonlyArray<Setting> | undefined
  /** Completes when streams of events must end, because the server shuts down. Browsers then connect to another one. */
  readonly until?: Effect.Effect<void> | undefined
  /** The most streams of events that this process keeps open. More get 503. Default: 1000. */
  readonly maxEventStreams?: number | undefined
}

const MAX_EVENT_STREAMS = 1000

/** The options of this host for the handlers, complete. */
export class ApiHost extends Context.Tag("@runner-connector/protocol/ApiHost")<
  ApiHost,
  {
    readonly storyboards: boolean
    readonly resumableUploads: boolean
    readonly requirePublicHost: RequirePublicHost
    readonly settings: ReadonlyArray<Setting>
    readonly until: Effect.Effect<void>
    readonly maxEventStreams: number
  }
>() {}

/** Fills in the defaults. */
export const hostOf = ({
  maxEventStreams = MAX_EVENT_STREAMS,
  requirePublicHost = () => Effect.void,
  resumableUploads = false,
  settings = [],
  storyboards = true,
  until = Effect.never
}: ApiOptions): ApiHost["Type"] => ({
  ...{ maxEventStreams, requirePublicHost, resumableUploads, settings, storyboards, until }
})
