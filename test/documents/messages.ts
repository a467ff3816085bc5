import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Argument, parseSync, Visitor } from "oxc-parser"
import { root } from "./blocks.ts"

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return entry.name.endsWith(".ts") ? [path] : []
  })

const sources = ["examples/server", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`)]
  .map((folder) => join(root, folder, "src"))
  .flatMap(filesIn)

/** A text, or a template whose parts that differ are `…`. */
const textOf = (argument: Argument | undefined): string | undefined => {
  if (argument?.type === "Literal" && typeof argument.value === "string") return argument.value
  if (argument?.type === "TemplateLiteral") return argument.quasis.map(({ value }) => value.cooked).join("…")
  return undefined
}

/** The messages of all warnings and errors that the programs log. */
export const loggedMessages = (files: ReadonlyArray<string> = sources): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const file of files) {
    new Visitor({
      CallExpression: ({ arguments: [first], callee }) => {
        if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return
        if (!/^log(?:Warning|Error|Fatal)$/.test(callee.property.name)) return
        const text = textOf(first)
        if (text !== undefined) found.add(text)
      }
    }).visit(parseSync(file, readFileSync(file, "utf8")).program)
  }
  return [...found].sort()
}
