import { FfmpegFailed } from "@runner-connector/ffmpeg"
import { Cause } from "effect"

/** The maximum length in characters that servers accept. */
const MAX_LENGTH = 5000

/** The number of characters kept from the start of a long message. The rest of the space goes to its end. */
const HEAD_LENGTH = 500

const ELLIPSIS = "\n…\n"

/** Values that must not leave this machine, such as folder paths and tokens. */
export type Secrets = ReadonlyArray<string>

const textOf = (error: unknown): string => {
  if (error instanceof FfmpegFailed) {
    const lines = error.log.slice(-20).filter((line) => line.trim() !== "")
    return [`${error.program} failed with exit code ${error.exitCode}`, error.error?.string ?? "", ...lines]
      .filter((line) => line !== "")
      .join("\n")
  }
  return error instanceof Error && error.message !== "" ? error.message : "The runner failed unexpectedly"
}

const cut = (text: string): string =>
  text.length <= MAX_LENGTH
    ? text
    : (text.slice(0, HEAD_LENGTH) + ELLIPSIS + text.slice(HEAD_LENGTH + ELLIPSIS.length - MAX_LENGTH)).toWellFormed()

/** Describes a failed job for the server: at most 5000 characters, without secrets. */
export const make = (cause: Cause.Cause<unknown>, secrets: Secrets): string =>
  cut(secrets.reduce((text, secret) => text.replaceAll(secret, ""), textOf(Cause.squash(cause))))
