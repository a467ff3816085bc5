import { readFileSync } from "node:fs"
import { join } from "node:path"

/** Lines on stdout that show a new token once, on purpose. They are no entries of the log. */
const announcements =
  /^(?:Registration token for runners \(shown only now\)|Administration token \(kept in the data folder\)): /

/** Tokens of runners, registrations and jobs, secrets of webhooks, headers, and tokens of playback URLs. */
const shapes = /\bptr[a-z]{0,2}t-[0-9a-f]{8}[\w-]*|\bwhsec_[\w+/=]{8,}|\bBearer [\w.~-]{8,}|[?&]token=[\w.~%-]{8,}/g

const keptToken = (dataDir: string): ReadonlyArray<string> => {
  try {
    return [readFileSync(join(dataDir, "admin-token"), "utf8").trim()]
  } catch {
    return []
  }
}

/** Every token that this output of a server contains, whoever issued it, without those that are announced. */
export const loggedSecrets = (
  output: string,
  { dataDir, env = {} }: { readonly dataDir: string; readonly env?: Readonly<Record<string, string>> | undefined }
): ReadonlyArray<string> => {
  const text = output
    .split("\n")
    .filter((line) => !announcements.test(line))
    .join("\n")
  const own = [...keptToken(dataDir), env.ADMIN_TOKEN ?? ""].filter((token) => token.length >= 8)
  return [...(text.match(shapes) ?? []), ...own.filter((token) => text.includes(token))]
}
