/** Characters that a playlist must not contain. Players disagree about line ends, so only line feeds are allowed. */
export const ambiguous = /[^\t\r\n\x20-\x7e]|\r(?!\n)/

const MAX_LENGTH = 100

/** Quotes text from outside for a message: short, and without control characters. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text)
