/**
 * What a playlist must not have: players differ in what ends a line, and of what some of them take for an end only line
 * feeds are let through.
 */
export const ambiguous = /[^\t\r\n\x20-\x7e]|\r(?!\n)/

const MAX_LENGTH = 100

/** Text from outside, in quotes, short enough for a message and without control characters. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text)
