import type { Block } from "./blocks.ts"

const importLines = /^import [\s\S]*?from "[^"]+"[^\n]*\n/gm

/** Statements of a generator, outside a function of their own. */
const isGenerator = (text: string): boolean => /^(?:\S.*)?yield\* /m.test(text)

const split = (code: string): { readonly imports: string; readonly rest: string } => ({
  imports: [...code.matchAll(importLines)].map(([line]) => line).join(""),
  rest: code.replaceAll(importLines, "")
})

/** A module that the compiler checks as the block says. Statements of a generator get one around them. */
export const moduleOf = (block: Pick<Block, "before" | "text">): string => {
  const before = split(`${block.before}\n`)
  const { imports, rest } = split(block.text)
  const body = isGenerator(block.text)
    ? `import * as Around from "effect"\nexport const program = Around.Effect.gen(function* () {\n${rest}\n})`
    : rest
  return `${before.imports}${imports}${before.rest}${body}\nexport {}\n`
}
