import { readdirSync } from "node:fs"
import { join } from "node:path"
import { type Argument, parseSync, Visitor } from "oxc-parser"
import { root, type Source, sourcesIn } from "../architecture/sources.ts"

const sources = ["examples/server", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`)].flatMap(
  (folder) => sourcesIn(`${folder}/src`)
)

/** A text, or a template whose parts that differ are `…`. */
const textOf = (argument: Argument | undefined): string | undefined => {
  if (argument?.type === "Literal" && typeof argument.value === "string") return argument.value
  if (argument?.type === "TemplateLiteral") return argument.quasis.map(({ value }) => value.cooked).join("…")
  return undefined
}

/** The messages of all warnings and errors that the programs log. */
export const loggedMessages = (files: ReadonlyArray<Source> = sources): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const { path, text: source } of files) {
    new Visitor({
      CallExpression: ({ arguments: [first], callee }) => {
        if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return
        if (!/^log(?:Warning|Error|Fatal)$/.test(callee.property.name)) return
        const text = textOf(first)
        if (text !== undefined) found.add(text)
      }
    }).visit(parseSync(path, source).program)
  }
  return [...found].sort()
}
