import { type Array as Arr, Clock, DateTime, Duration, Effect, Layer, Option, Redacted, Schema } from "effect"
import type { VideoId } from "../domain/Ids.ts"
import * as Token from "../domain/playback/PlaybackToken.ts"
import {
  type Access,
  askHost,
  type Grant,
  type LinkOptions,
  PlaybackAccess,
  type PlaybackCheckFailed,
  PlaybackForbidden,
  PlaybackUnauthorized,
  queryOf,
  type Viewing
} from "./PlaybackAccess.ts"

/** The minimum length of a secret. Anyone with one signed URL could find a shorter secret by trying all of them. */
export const MIN_SECRET_LENGTH = 32

/** A secret is too short. */
export class WeakPlaybackSecret extends Schema.TaggedError<WeakPlaybackSecret>()("WeakPlaybackSecret", {}) {
  override get message(): string {
    return `A secret for playback URLs has at least ${MIN_SECRET_LENGTH} characters: make one with \`openssl rand -hex 32\``
  }
}

export interface SignedOptions {
  /** The first one signs, all of them are accepted. To change it, add the new one in front and remove the old one later. */
  readonly secrets: Arr.NonEmptyReadonlyArray<Redacted.Redacted<string>>
  /**
   * How long links work by default; 6 hours when left out. They work up to a quarter longer, so that links made shortly
   * after each other are equal and browsers can cache what they open.
   */
  readonly lifetime?: Duration.DurationInput | undefined
  /** Decides about tokens with claims. Without it such tokens are refused. */
  readonly acceptsClaims?: ((claims: Token.Claims, viewing: Viewing) => boolean | Promise<boolean>) | undefined
}

/** The query parameter of the token. */
export const PARAMETER = "token"

const LIFETIME = Duration.hours(6)

const algorithm = { name: "HMAC", hash: "SHA-256" } as const

const importKey = (secret: Redacted.Redacted<string>): Effect.Effect<CryptoKey, WeakPlaybackSecret> => {
  const value = Redacted.value(secret)
  return value.length < MIN_SECRET_LENGTH
    ? new WeakPlaybackSecret()
    : Effect.promise(() =>
        crypto.subtle.importKey("raw", new TextEncoder().encode(value), algorithm, false, ["sign", "verify"])
      )
}

const grantOf = (token: string, expiresAt: Option.Option<number>): Grant => ({
  query: `${PARAMETER}=${token}`,
  restricted: true,
  until: Option.map(expiresAt, (seconds) => DateTime.unsafeMake(seconds * 1000))
})

/** The second in which a link made now expires. */
const expiryOf = (now: number, lifetime: Duration.Duration, { expiresIn }: LinkOptions): Option.Option<number> => {
  if (expiresIn !== undefined) {
    const exact = Duration.decode(expiresIn)
    return Duration.isFinite(exact) ? Option.some(Math.ceil((now + Duration.toMillis(exact)) / 1000)) : Option.none()
  }
  if (!Duration.isFinite(lifetime)) return Option.none()
  const step = Math.max(1000, Duration.toMillis(lifetime) / 4)
  return Option.some(Math.ceil((Math.ceil((now + Duration.toMillis(lifetime)) / step) * step) / 1000))
}

const makeSign = (key: CryptoKey, lifetime: Duration.Duration): Access["link"] =>
  Effect.fnUntraced(function* (video: VideoId, options: LinkOptions = {}) {
    const expiresAt = expiryOf(yield* Clock.currentTimeMillis, lifetime, options)
    const signed = Token.signedText({ expiresAt, claims: options.claims ?? {} })
    const signature = yield* Effect.promise(() => crypto.subtle.sign(algorithm, key, Token.messageOf(video, signed)))
    return grantOf(Token.format(signed, new Uint8Array(signature)), expiresAt)
  })

/** Whether one of the keys made the signature. The platform compares in constant time. */
const isSigned = (keys: ReadonlyArray<CryptoKey>, video: VideoId, { signature, signed }: Token.UncheckedToken) =>
  Effect.reduce(keys, false, (found, key) =>
    Effect.map(
      Effect.promise(() => crypto.subtle.verify(algorithm, key, signature, Token.messageOf(video, signed))),
      (isValid) => found || isValid
    )
  )

const makeAccepts =
  (acceptsClaims: SignedOptions["acceptsClaims"]) =>
  (claims: Token.Claims, viewing: Viewing): Effect.Effect<boolean, PlaybackCheckFailed> => {
    if (Object.keys(claims).length === 0) return Effect.succeed(true)
    return acceptsClaims === undefined ? Effect.succeed(false) : askHost(() => acceptsClaims(claims, viewing))
  }

const makeCheck = (keys: ReadonlyArray<CryptoKey>, options: SignedOptions): Access["check"] => {
  const accepts = makeAccepts(options.acceptsClaims)
  return Effect.fnUntraced(function* (viewing: Viewing) {
    const given = queryOf(viewing.request).get(PARAMETER)
    if (given === null || given === "") return yield* new PlaybackUnauthorized()
    const token = yield* Effect.mapError(Token.parse(given), () => new PlaybackForbidden())
    const now = yield* Clock.currentTimeMillis
    const isCurrent = Option.match(token.expiresAt, { onNone: () => true, onSome: (at) => now < at * 1000 })
    const isValid = isCurrent && (yield* isSigned(keys, viewing.video.id, token))
    if (!isValid || !(yield* accepts(token.claims, viewing))) return yield* new PlaybackForbidden()
    return grantOf(given, token.expiresAt)
  })
}

/**
 * Admits the holders of URLs that the host has signed, by the query parameter `token`. A token opens one video until it
 * expires. Its time is Effect's clock. Fails for secrets that are too short.
 */
export const layerSigned = (options: SignedOptions): Layer.Layer<PlaybackAccess, WeakPlaybackSecret> =>
  Layer.effect(
    PlaybackAccess,
    Effect.map(Effect.forEach(options.secrets, importKey), (keys) => ({
      check: makeCheck(keys, options),
      link: makeSign(keys[0], Duration.decode(options.lifetime ?? LIFETIME))
    }))
  )
