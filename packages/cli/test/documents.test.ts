import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { run } from "./support/commandLine.ts"
import { connected } from "./support/connected.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))

const documents = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`),
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`)
].filter((name) => name.endsWith(".md"))

const command = /(?:npm run (?:--silent )?cli --|npx runner-connector) ([^`#]+)/

/** The commands in a document: lines of code blocks, and code in sentences. */
const commandsIn = (text: string): ReadonlyArray<string> => {
  const blocks = [...text.matchAll(/```bash\n([\s\S]*?)```/g)].flatMap(([, block]) => String(block).split("\n"))
  const spans = [...text.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`]+)`/g)].map(([, code]) => String(code))
  return [...blocks, ...spans].flatMap((code) => command.exec(code.replaceAll("\n", " "))?.[1]?.trim() ?? [])
}

/** Values for the placeholders of documents. */
const values: Readonly<Record<string, string>> = {
  "<type>": "vod-hls-transcoding",
  "<consumer>": "hooks",
  ID: "7",
  UUID: "5b1f0f7e-1d2f-4c27-8f0e-3c0c3a0f0001"
}
const wordsOf = (text: string) =>
  text.split(/ +/).map((word) => values[word] ?? (/^<[a-z]+>$/.test(word) ? String(values.UUID) : word))

/** These reach for databases and folders. The synopsis of all commands has several in one line. */
const isLeftOut = (text: string) =>
  /^(?:--help|doctor|migrate|import-django|storage|events$|webhooks$|completions)/.test(text) || /\||…/.test(text)

const found = documents
  .filter((name) => name !== "docs/http-api.md")
  .flatMap((name) => commandsIn(readFileSync(join(root, name), "utf8")).map((text) => [name, text] as const))
  .filter(([, text]) => !isLeftOut(text))

it("finds the commands of the documents", () => expect(found.length).toBeGreaterThan(12))

it.each(found)("%s: %s", (_, text) =>
  connected(
    Effect.gen(function* () {
      const { err, invalid } = yield* run(...wordsOf(text))
      expect(invalid, err).toBe(false)
    })
  )
)
