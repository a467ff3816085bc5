import { Either, Encoding, Option, Schema } from "effect"
import type { VideoId } from "../Ids.ts"

/** The longest JSON of claims, in bytes. Every segment of a playlist repeats the token, so it stays short. */
const MAX_CLAIMS = 700

/** The claims of a token beside its video, such as the member for whom it was made. */
export const Claims = Schema.Record({ key: Schema.String, value: Schema.String }).pipe(
  Schema.filter(
    (claims) =>
      new TextEncoder().encode(JSON.stringify(claims)).length <= MAX_CLAIMS ||
      `expected claims of at most ${MAX_CLAIMS} bytes as JSON`
  )
)
export type Claims = typeof Claims.Type

/** The content of a token. */
export interface Statement {
  /** Seconds since 1970. None: the token does not expire. */
  readonly expiresAt: Option.Option<number>
  readonly claims: Claims
}

/** A token as read, before its signature is checked. */
export interface UncheckedToken extends Statement {
  /** The content that the signature covers, together with the video. */
  readonly signed: string
  readonly signature: Uint8Array<ArrayBuffer>
}

/** No token with valid claims is longer. */
const MAX_LENGTH = 1000

const ClaimsText = Schema.parseJson(Claims)
const readClaims = Schema.decodeUnknownOption(ClaimsText)

/**
 * The text that is signed: `<expiry>~<claims>`, expiry in base 36, claims as JSON in base64url, both empty if absent. A dot
 * would look like the extension of a file to some players.
 */
export const signedText = ({ claims, expiresAt }: Statement): string =>
  [
    Option.match(expiresAt, { onNone: () => "", onSome: (seconds) => seconds.toString(36) }),
    Object.keys(claims).length === 0 ? "" : Encoding.encodeBase64Url(JSON.stringify(claims))
  ].join("~")

/** The message of the signature. It names the video, so a token opens no other one. */
export const messageOf = (video: VideoId, signed: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`playback.1:${video.toLowerCase()}:${signed}`)

/** The token: the signed text and its signature in base64url. */
export const format = (signed: string, signature: Uint8Array): string =>
  `${signed}~${Encoding.encodeBase64Url(signature)}`

const shape = /^([0-9a-z]{0,10})~([\w-]*)~([\w-]{43})$/

const claimsIn = (text: string): Option.Option<Claims> =>
  text === "" ? Option.some({}) : Option.flatMap(Either.getRight(Encoding.decodeBase64UrlString(text)), readClaims)

/** The bytes of a signature. None in any but the one spelling that `format` has. */
const signatureIn = (text: string): Option.Option<Uint8Array<ArrayBuffer>> =>
  Either.getRight(Encoding.decodeBase64Url(text)).pipe(
    Option.filter((bytes) => Encoding.encodeBase64Url(bytes) === text),
    Option.map((bytes) => new Uint8Array(bytes))
  )

/** Reads a token without checking its signature. None for malformed ones. */
export const parse = (token: string): Option.Option<UncheckedToken> => {
  const [, expiry = "", claimsText = "", signatureText = ""] =
    token.length > MAX_LENGTH ? [] : (shape.exec(token) ?? [])
  return Option.map(Option.product(claimsIn(claimsText), signatureIn(signatureText)), ([claims, signature]) => ({
    expiresAt: expiry === "" ? Option.none() : Option.some(Number.parseInt(expiry, 36)),
    claims,
    signed: `${expiry}~${claimsText}`,
    signature
  })).pipe(Option.filter(() => signatureText !== ""))
}
