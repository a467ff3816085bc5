import { Either, Schema } from "effect"

const MAX_LENGTH = 2048

/** The address of a live source is none. Says nothing of it, since it may hold a secret. */
export class InvalidLiveSource extends Schema.TaggedError<InvalidLiveSource>()("InvalidLiveSource", {}) {
  override get message(): string {
    return "rtmpUrl: expected an address that begins with rtmp:// or rtmps://, with a host"
  }
}

/** The address from which a live is played. */
export const parseLiveSource = (text: string): Either.Either<URL, InvalidLiveSource> => {
  const isPlain = text.length <= MAX_LENGTH && /^rtmps?:\/\/[\x21-\x7e]+$/i.test(text)
  const url = isPlain && URL.canParse(text) ? new URL(text) : undefined
  return url === undefined || url.hostname === "" ? Either.left(new InvalidLiveSource()) : Either.right(url)
}

/** A shorter key is none that anybody would guess at, and may stand in any word of a message. */
const MIN_KEY = 8

const secretsIn = (url: URL): ReadonlyArray<string> => {
  const { href, password, pathname, search } = url
  const key = pathname.split("/").at(-1) ?? ""
  return [href, pathname + search, pathname, search, password, key.length < MIN_KEY ? "" : key]
}

/**
 * The message without the address: whoever knows it can send pictures in the name of the broadcaster. Programs that fail
 * to play a stream like to say which.
 */
export const withoutSource = (message: string, address: string): string =>
  Either.match(parseLiveSource(address), {
    onLeft: () => message,
    onRight: (url) =>
      [address, ...secretsIn(url)]
        .filter((secret) => secret.length > 1)
        .reduce((text, secret) => text.replaceAll(secret, "…"), message)
  })
