import { Context, type DateTime, type Duration, Effect, Layer, Option, Schema } from "effect"
import type { VideoId } from "../domain/Ids.ts"
import type { Claims } from "../domain/playback/PlaybackToken.ts"
import type { Video } from "../domain/video/Video.ts"

/** The request has no token, and the video needs one. */
export class PlaybackUnauthorized extends Schema.TaggedError<PlaybackUnauthorized>()("PlaybackUnauthorized", {}) {
  override get message(): string {
    return "This video needs a signed URL"
  }
}

/** The viewer may not watch the video. Also for tokens that are expired, forged or of another video. */
export class PlaybackForbidden extends Schema.TaggedError<PlaybackForbidden>()("PlaybackForbidden", {}) {
  override get message(): string {
    return "You may not watch this video, or its URL has expired"
  }
}

/** The host's check has failed. Retrying later may help. */
export class PlaybackCheckFailed extends Schema.TaggedError<PlaybackCheckFailed>()("PlaybackCheckFailed", {
  cause: Schema.Defect
}) {
  override get message(): string {
    return "The host's check of a viewer has failed"
  }
}

/** A request for a file of a video. */
export interface Viewing {
  readonly request: Request
  /** The address of the client, if the host knows it. */
  readonly clientAddress: Option.Option<string>
  readonly video: Video
}

/** What an admitted viewer gets. */
export interface Grant {
  /**
   * The query parameters that admit to every further file of the video, such as `token=…`, percent-encoded. Empty when
   * none are needed. Players do not repeat the query of a playlist, so playlists contain it.
   */
  readonly query: string
  /** Whether access is restricted: answers are for this viewer only, and shared caches must not keep them. */
  readonly restricted: boolean
  /** When the grant ends. */
  readonly until: Option.Option<DateTime.Utc>
}

/** The options of a link. Implementations without links of their own ignore them. */
export interface LinkOptions {
  /** How long the link works. `Duration.infinity`: always. Default: as the implementation is configured. */
  readonly expiresIn?: Duration.DurationInput | undefined
  /** What the link states about its viewer. */
  readonly claims?: Claims | undefined
}

/** Decides who may watch. */
export interface Access {
  /** Admits the viewer, or fails. Called for every file, so it must be fast. */
  readonly check: (
    viewing: Viewing
  ) => Effect.Effect<Grant, PlaybackUnauthorized | PlaybackForbidden | PlaybackCheckFailed>
  /** The grant that a new link to this video contains. */
  readonly link: (video: VideoId, options?: LinkOptions) => Effect.Effect<Grant>
}

/** Decides who may watch videos. It has no default: whoever serves videos chooses `layerOpen`, `layerSigned` or `layerCheck`. */
export class PlaybackAccess extends Context.Tag("@runner-connector/core/PlaybackAccess")<PlaybackAccess, Access>() {}

const open: Grant = { query: "", restricted: false, until: Option.none() }

/** Everybody who knows the id of a video may watch it. */
export const layerOpen: Layer.Layer<PlaybackAccess> = Layer.succeed(PlaybackAccess, {
  check: () => Effect.succeed(open),
  link: () => Effect.succeed(open)
})

/** The answer of a function of the host. Anything but true admits nobody. */
export const askHost = (ask: () => boolean | Promise<boolean>): Effect.Effect<boolean, PlaybackCheckFailed> =>
  Effect.tryPromise({
    try: async () => (await ask()) === true,
    catch: (cause) => new PlaybackCheckFailed({ cause })
  })

export interface CheckOptions {
  /** The query parameters that the check reads. Playlists repeat them on every URI. Cookies need no such help. */
  readonly carry?: ReadonlyArray<string> | undefined
}

/** The query parameters of a request. Reads the text itself, because a URL parser rejects malformed hosts. */
export const queryOf = ({ url }: Request): URLSearchParams => new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? "")

/** Every segment of a playlist repeats the query, so it stays short. */
const MAX_CARRIED = 1000

/** The parameters with these names. None if they are too long. */
const carried = (request: Request, names: ReadonlyArray<string>): Option.Option<string> => {
  const given = queryOf(request)
  const kept = names.flatMap((name) => given.getAll(name).map((value): [string, string] => [name, value]))
  return Option.some(new URLSearchParams(kept).toString()).pipe(Option.filter(({ length }) => length <= MAX_CARRIED))
}

/**
 * The host decides, for example by its session cookie. The function is called for every file. A function that throws or
 * rejects is a fault of the server, and admits nobody.
 */
export const layerCheck = (
  mayWatch: (request: Request, video: Video) => boolean | Promise<boolean>,
  { carry = [] }: CheckOptions = {}
): Layer.Layer<PlaybackAccess> =>
  Layer.succeed(PlaybackAccess, {
    check: ({ request, video }) =>
      askHost(() => mayWatch(request, video)).pipe(
        Effect.filterOrFail(
          (admitted) => admitted,
          () => new PlaybackForbidden()
        ),
        Effect.zipRight(Effect.mapError(carried(request, carry), () => new PlaybackForbidden())),
        Effect.map((query) => ({ query, restricted: true, until: Option.none() }))
      ),
    link: () => Effect.succeed({ ...open, restricted: true })
  })
