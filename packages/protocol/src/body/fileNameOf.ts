import { Option } from "effect"

const extended = /^(utf-8|iso-8859-1)'[\w-]*'((?:[\w!#$&+.^`|~-]|%[0-9a-f]{2})*)$/i

/** The text of an extended parameter (RFC 5987). None when it is malformed. */
const decodeExtended = (value: string): Option.Option<string> =>
  Option.flatMap(Option.fromNullable(extended.exec(value)), ([, charset = "", encoded = ""]) =>
    Option.liftThrowable(() => {
      const bytes = encoded.replace(/%([0-9a-f]{2})|[^%]/gi, (one, hex) =>
        hex === undefined ? one : String.fromCharCode(Number.parseInt(hex, 16))
      )
      return charset.toLowerCase() === "utf-8"
        ? decoder.decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)))
        : bytes
    })()
  )

/** Browsers write the characters that would end a quoted text in this way, and no other ones. */
const written: Readonly<Record<string, string>> = { "%22": '"', "%0D": "\r", "%0A": "\n" }

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/**
 * The file name among the parameters of a part. A sound `filename*`, which RFC 7578 forbids and some clients send, comes
 * before `filename`.
 */
export const fileNameOf = (parameters: ReadonlyMap<string, string>): Option.Option<string> => {
  const long = Option.fromNullable(parameters.get("filename*"))
  const short = Option.fromNullable(parameters.get("filename"))
  return Option.flatMap(long, decodeExtended).pipe(
    Option.orElse(() => Option.map(short, (name) => name.replace(/%(?:22|0D|0A)/g, (code) => written[code] ?? code))),
    Option.orElse(() => long)
  )
}
