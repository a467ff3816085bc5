import { ConnectorConfig, type Errors, Ids, type PlaybackAccess, type Video, VideoFiles } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { nowhere, type RequestContext } from "../http/dispatch.ts"
import { pathnameOf } from "../http/matchPath.ts"
import { answer, type WireError } from "../http/Problem.ts"
import { MethodNotAllowed, UnknownPath } from "../http/ProtocolErrors.ts"
import { serveContent } from "../http/serveFile.ts"
import { type Origins, preflight, withCors } from "./cors.ts"

/** Serves the files of videos to players over web-standard requests and responses, for any HTTP server. */
export class PlaybackWeb extends Context.Tag("@runner-connector/protocol/PlaybackWeb")<
  PlaybackWeb,
  {
    /** The path below which all files are, such as `/playback`. */
    readonly path: string
    /**
     * Answers requests for `<path>/<id of the video>/<name of the file>`: GET, HEAD and the OPTIONS of browsers, with ranges
     * and conditions. Refusals are problem documents.
     */
    readonly handle: (request: Request, context?: RequestContext) => Effect.Effect<Response>
    /**
     * Makes the URLs of the files of a video, below the public URL of the connector. They are signed if access is. Make new
     * ones for each page: they may expire. Fails for claims that are too long.
     */
    readonly urls: (
      video: Video.Video,
      options?: PlaybackAccess.LinkOptions
    ) => Effect.Effect<VideoFiles.PlayerUrls, Errors.InvalidRequest>
    /** The origins of URLs elsewhere, such as a bucket's, that players may get. The policy of a page must allow them. */
    readonly mediaOrigins: Effect.Effect<ReadonlyArray<string>>
  }
>() {}

export interface Options {
  /** Begins with a slash. Default: `/playback`. */
  readonly path?: string | undefined
  /**
   * The origins whose pages may play, such as `https://www.example`. Their requests may carry cookies. Default: `*`, all
   * origins without cookies.
   */
  readonly origins?: Origins | undefined
}

const DEFAULT_PATH = "/playback"

const decoded = (text: string): Option.Option<string> => Option.liftThrowable(decodeURIComponent)(text)

/** The video and the file that a path names. */
const nameIn = (
  path: string,
  pathname: string
): Effect.Effect<Pick<VideoFiles.FileRequest, "video" | "name">, UnknownPath> => {
  const [, id = "", name = ""] = pathname.startsWith(`${path}/`)
    ? (/^\/([^/]+)\/(.+)$/.exec(pathname.slice(path.length)) ?? [])
    : []
  return Effect.mapError(
    Option.all({ video: Schema.decodeOption(Ids.VideoId)(id.toLowerCase()), name: decoded(name) }),
    () => new UnknownPath()
  )
}

/** Followed to the storage. It may expire, so it is not kept. */
const redirect = (to: URL): Response =>
  new Response(null, {
    status: 302,
    statusText: "Found",
    headers: { location: to.href, "cache-control": "no-store" }
  })

const makeServe = (path: string, files: VideoFiles.VideoFiles["Type"]) =>
  Effect.fnUntraced(function* (
    request: Request,
    { clientAddress }: RequestContext
  ): Effect.fn.Return<Response, WireError> {
    const named = yield* nameIn(path, pathnameOf(request))
    if (request.method === "OPTIONS") return preflight()
    if (request.method !== "GET" && request.method !== "HEAD")
      return yield* new MethodNotAllowed({ allowed: ["GET", "HEAD"] })
    const opened = yield* files.open({ ...named, request, clientAddress })
    if (opened._tag === "Elsewhere") return redirect(opened.url)
    const response = yield* serveContent(opened.content, request)
    response.headers.set("cache-control", opened.content.cacheControl)
    return response
  })

const make = ({ origins = "*", path = DEFAULT_PATH }: Options) =>
  Effect.gen(function* () {
    const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
    const files = yield* VideoFiles.VideoFiles
    const serve = makeServe(path, files)
    const base = `${publicUrl.origin}${path}`
    return PlaybackWeb.of({
      path,
      handle: (request, context = nowhere) =>
        Effect.map(answer(serve(request, context), request), (response) => withCors(response, request, origins)),
      urls: (video, options) => files.urls(video, { ...options, base }),
      mediaOrigins: files.origins
    })
  })

type Needs = VideoFiles.VideoFiles | ConnectorConfig.ConnectorConfig

/** Serving to players, with options. */
export const layerWith = (options: Options): Layer.Layer<PlaybackWeb, never, Needs> =>
  Layer.effect(PlaybackWeb, make(options))

/** Serving to players below `/playback`, on pages of all origins. */
export const layer: Layer.Layer<PlaybackWeb, never, Needs> = layerWith({})
