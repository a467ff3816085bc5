import { Option } from "effect"

/** A header of the form `value; name=text; name="text"`. */
export interface HeaderValue {
  /** In lower case. */
  readonly value: string
  /** By name in lower case. The first of two equal names counts. */
  readonly parameters: ReadonlyMap<string, string>
}

const head = /^\s*([\w!#$%&'*+.^`|~/-]+)\s*/
const parameter = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s";]*))\s*|;\s*(?=;|$)/y

/** Parses the header. None when it does not have this form. */
export const parse = (text: string): Option.Option<HeaderValue> => {
  const start = head.exec(text)
  if (start === null) return Option.none()
  const parameters = new Map<string, string>()
  let at = start[0].length
  while (at < text.length) {
    parameter.lastIndex = at
    const found = parameter.exec(text)
    if (found === null) return Option.none()
    at = parameter.lastIndex
    const [, name, quoted, plain] = found
    if (name === undefined || parameters.has(name.toLowerCase())) continue
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(["\\])/g, "$1") ?? plain ?? "")
  }
  return Option.some({ value: (start[1] ?? "").toLowerCase(), parameters })
}
