import { FfmpegFailed } from "@runner-connector/ffmpeg"
import { Cause } from "effect"

/** What servers take. */
const MAX_LENGTH = 5000

/** How much of a message that is too long is kept from its beginning; the rest of the room goes to its end. */
const HEAD_LENGTH = 500

const ELLIPSIS = "\n…\n"

/** What must not leave this machine, such as the path of a folder or a token. */
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

/** Why a job failed, for the server: at most 5000 characters, without anything secret. */
export const make = (cause: Cause.Cause<unknown>, secrets: Secrets): string =>
  cut(secrets.reduce((text, secret) => text.replaceAll(secret, ""), textOf(Cause.squash(cause))))
