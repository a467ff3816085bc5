import { readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import type { ImportDeclaration } from "oxc-parser"
import { root, type Source } from "./sources.ts"
import { visit } from "./syntax.ts"

export interface Import {
  /** The importing file. */
  readonly from: string
  /** A file of the repository when the import is relative, else the name as written. */
  readonly target: string
  /** The names that are imported. Empty for `import * as`, dynamic imports and imports without names. */
  readonly names: ReadonlyArray<string>
}

const targetOf = (from: string, specifier: string): string =>
  specifier.startsWith(".") ? relative(root, resolve(root, dirname(from), specifier)).replaceAll("\\", "/") : specifier

const nameOf = (specifier: ImportDeclaration["specifiers"][number]): ReadonlyArray<string> => {
  if (specifier.type !== "ImportSpecifier") return []
  return [specifier.imported.type === "Identifier" ? specifier.imported.name : specifier.imported.value]
}

/** Returns every import and re-export of a file: static, dynamic, and of types alone. */
export const importsOf = (source: Source): ReadonlyArray<Import> => {
  const found: Array<Import> = []
  const add = (specifier: unknown, names: ReadonlyArray<string> = []): void => {
    if (typeof specifier !== "string") return
    found.push({ from: source.path, target: targetOf(source.path, specifier), names })
  }
  visit(source, {
    ImportDeclaration: (node) => add(node.source.value, node.specifiers.flatMap(nameOf)),
    ExportAllDeclaration: (node) => add(node.source.value),
    ExportNamedDeclaration: (node) => add(node.source?.value),
    ImportExpression: (node) => add(node.source.type === "Literal" ? node.source.value : undefined),
    TSImportType: (node) => add(node.source.value)
  })
  return found
}

/** Maps the entries of the packages, such as `@runner-connector/core`, to their source files. */
export const entriesOf = (folders: ReadonlyArray<string>): ReadonlyMap<string, string> =>
  new Map(
    folders.flatMap((folder) => {
      const { exports, name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"))
      return Object.entries<string>(exports).map(([entry, file]): [string, string] => [
        name + entry.slice(1),
        join(folder, file).replaceAll("\\", "/")
      ])
    })
  )
