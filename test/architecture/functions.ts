import type { Function as AnyFunction, ArrowFunctionExpression } from "oxc-parser"
import type { Source } from "./sources.ts"
import { linesOf, visit } from "./syntax.ts"

export interface LongFunction {
  /** The file and the line of its first line. */
  readonly place: string
  readonly lines: number
}

/** Returns the functions, of any kind, that have more lines than allowed. */
export const longFunctionsOf = (source: Source, allowed: number): ReadonlyArray<LongFunction> => {
  const found: Array<LongFunction> = []
  const lineAt = linesOf(source)
  const measure = ({ end, start }: AnyFunction | ArrowFunctionExpression): void => {
    const lines = lineAt(end) - lineAt(start) + 1
    if (lines > allowed) found.push({ place: `${source.path}:${lineAt(start)}`, lines })
  }
  visit(source, {
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure
  })
  return found
}
