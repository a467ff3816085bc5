import { type Program, parseSync, Visitor, type VisitorObject } from "oxc-parser"
import type { Source } from "./sources.ts"

const parsed = new Map<string, { readonly text: string; readonly program: Program }>()

/** Returns the syntax tree of a file. Throws with the file's name when the parser reports an error. */
const programOf = ({ path, text }: Source): Program => {
  const known = parsed.get(path)
  if (known?.text === text) return known.program
  const { errors, program } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  parsed.set(path, { text, program })
  return program
}

/** Calls the visitor for every node of a file. */
export const visit = (source: Source, visitor: VisitorObject): void => new Visitor(visitor).visit(programOf(source))

/** Returns a function that gives the line, from 1, of an offset in the file. */
export const linesOf = ({ text }: Source): ((offset: number) => number) => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}
