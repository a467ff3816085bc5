import type { Video } from "../model.ts"

/** What a signed URL states about its viewer. */
export type Claims = Readonly<Record<string, string>>

/** Signed URLs, as `videos.urls` makes them. */
export interface SignedAccess {
  /** At least 32 characters each. The first one signs, all are accepted, so that a secret can be replaced. */
  readonly secrets: ReadonlyArray<string>
  /** How long URLs work, in milliseconds or as a text. They work up to a quarter longer. Default: `6 hours`. */
  readonly lifetime?: number | string | undefined
  /** Decides about URLs with claims. Without it they are refused. */
  readonly acceptsClaims?: ((claims: Claims, request: Request, video: Video) => boolean | Promise<boolean>) | undefined
}

/**
 * Who may watch: `"open"`, everybody who knows the id of the video; a function of the application, which is called for every
 * file; or holders of signed URLs.
 */
export type PlaybackAccess = "open" | ((request: Request, video: Video) => boolean | Promise<boolean>) | SignedAccess

/** Serves the files of videos to players. */
export interface PlaybackOptions {
  readonly access: PlaybackAccess
  /** The path of the files, which begins with a slash. Default: `/playback`. */
  readonly path?: string | undefined
  /** The origins whose pages may play and send cookies. Default: all origins, without cookies. */
  readonly origins?: ReadonlyArray<string> | undefined
}
