import { DateTime, Option } from "effect"

/** What decides how long an answer may be kept. */
export interface Answered {
  /** Whether the content changes under its URL. */
  readonly changes: boolean
  /** Whether access is restricted. */
  readonly restricted: boolean
  /** When the access ends. */
  readonly until: Option.Option<DateTime.Utc>
  /** Whether it contains URLs that expire. */
  readonly expires: boolean
}

/** Seconds. */
const YEAR = 31_536_000
const HOUR = 3600

/**
 * The `Cache-Control` of an answer. Files never change under their names, except playlists of lives and the current
 * master. Restricted ones are kept by the viewer's browser only, not longer than an hour or the viewer's access.
 */
export const cacheControl = ({ changes, expires, restricted, until }: Answered, now: DateTime.Utc): string => {
  if (expires) return "no-store"
  const scope = restricted ? "private" : "public"
  if (changes) return restricted ? "private, no-cache" : "no-cache"
  const left = Option.match(until, { onNone: () => YEAR, onSome: (end) => DateTime.distance(now, end) / 1000 })
  return `${scope}, max-age=${Math.floor(Math.max(0, Math.min(left, restricted ? HOUR : YEAR)))}, immutable`
}
