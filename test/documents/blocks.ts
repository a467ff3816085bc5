import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../../", import.meta.url))

/** A fenced block of a document. */
export interface Block {
  /** The document and the line of the fence. */
  readonly place: string
  readonly language: string
  readonly text: string
  /** Code that the block continues: the comment `<!-- code before: … -->` in front of it. */
  readonly before: string
  /** The file that contains all lines of the block: the comment `<!-- part of: … -->` in front of it. */
  readonly partOf: string | undefined
}

const comment = (kind: string): RegExp => new RegExp(`<!-- ${kind}:((?:(?!-->)[\\s\\S])*)-->\\s*$`)

/** The blocks of one document. */
export const blocksIn = (path: string, document: string): ReadonlyArray<Block> =>
  [...document.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map((match) => {
    const [, indent = "", language = "", text = ""] = match
    const above = document.slice(0, match.index)
    return {
      place: `${path}:${above.split("\n").length}`,
      language,
      text: indent === "" ? text : text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      before: comment("code before").exec(above)?.[1]?.trim() ?? "",
      partOf: comment("part of").exec(above)?.[1]?.trim()
    }
  })

const markdownIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))

/** The documents for readers of the project. */
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...markdownIn("docs"),
  ...readdirSync(join(root, "packages")).flatMap((name) => markdownIn(join("packages", name)))
]

/** Every block of every document. */
export const allBlocks: ReadonlyArray<Block> = documents.flatMap((path) =>
  blocksIn(path, readFileSync(join(root, path), "utf8"))
)
