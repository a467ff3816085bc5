import { Effect } from "effect"
import { type Answer, request } from "./Api.ts"

/** The files that a page, a script or a style sheet of the console names, by their paths. */
const namedIn = (text: string, base: string): ReadonlyArray<string> => [
  ...[...text.matchAll(/(?:href|src)="(\.\/[^"]+\.(?:css|js|svg))"/g)].map(
    ([, path]) => new URL(String(path), base).href
  ),
  ...[...text.matchAll(/["'`](?:\.\/|assets\/)([\w.-]+-[\w-]{8}\.(?:css|js))["'`]/g)].map(
    ([, name]) => new URL(`/console/assets/${name}`, base).href
  )
]

/** All files of the page as browsers get them, by URL. */
export const filesOf = (origin: string) =>
  Effect.gen(function* () {
    const files = new Map<string, Answer>()
    const open = [`${origin}/`]
    for (let url = open.pop(); url !== undefined; url = open.pop()) {
      if (files.has(url)) continue
      const answer = yield* request(url)
      files.set(url, answer)
      open.push(...namedIn(answer.text, url === `${origin}/` ? `${origin}/console/` : url))
    }
    return files
  })
