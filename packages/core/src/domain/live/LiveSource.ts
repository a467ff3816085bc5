import { Either, Schema } from "effect"

const MAX_LENGTH = 2048

/** The URL of a live source is invalid. Contains no part of it, since it may hold a secret. */
export class InvalidLiveSource extends Schema.TaggedError<InvalidLiveSource>()("InvalidLiveSource", {}) {
  override get message(): string {
    return "rtmpUrl: expected a URL that begins with rtmp:// or rtmps://, with a host"
  }
}

/** The URL from which a runner plays a live. */
export const parseLiveSource = (text: string): Either.Either<URL, InvalidLiveSource> => {
  const isPlain = text.length <= MAX_LENGTH && /^rtmps?:\/\/[\x21-\x7e]+$/i.test(text)
  const url = isPlain && URL.canParse(text) ? new URL(text) : undefined
  return url === undefined || url.hostname === "" ? Either.left(new InvalidLiveSource()) : Either.right(url)
}

/** A shorter key cannot be told from ordinary words in a message. */
const MIN_KEY = 8

const secretsIn = (url: URL): ReadonlyArray<string> => {
  const { href, password, pathname, search } = url
  const key = pathname.split("/").at(-1) ?? ""
  return [href, pathname + search, pathname, search, password, key.length < MIN_KEY ? "" : key]
}

/**
 * Redacts the URL in a message, because it allows broadcasting in the name of its owner. FFmpeg quotes URLs in its
 * errors.
 */
export const withoutSource = (message: string, address: string): string =>
  Either.match(parseLiveSource(address), {
    onLeft: () => message,
    onRight: (url) =>
      [address, ...secretsIn(url)]
        .filter((secret) => secret.length > 1)
        .reduce((text, secret) => text.replaceAll(secret, "…"), message)
  })
