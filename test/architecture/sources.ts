import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Import {
  /** Where it stands. */
  readonly from: string
  /** A file of the repository when it is relative, else the name as written. */
  readonly target: string
  /** Names taken out of the module; empty for `import * as` and bare imports. */
  readonly names: ReadonlyArray<string>
}

const isSource = (name: string): boolean => /\.(ts|mjs|js)$/.test(name) && !name.endsWith(".d.ts")

const isGenerated = (name: string): boolean => name === "node_modules" || name === "dist"

/** Does not use `recursive`: newer versions of Node then follow pnpm's symbolic links, which form cycles. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return isGenerated(entry.name) ? [] : filesIn(path)
    return entry.isFile() && isSource(entry.name) ? [path] : []
  })

/** Returns every source file under a folder of the repository. */
export const sourcesIn = (folder: string): ReadonlyArray<Source> =>
  filesIn(join(root, folder)).map((path) => ({
    path: relative(root, path).replaceAll("\\", "/"),
    text: readFileSync(path, "utf8")
  }))

const statement = /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?(?:([^"';]*?)\s+from\s+)?"([^"]+)"/g
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g

const namesOf = (clause: string | undefined): ReadonlyArray<string> => {
  const braces = /\{([^}]*)\}/.exec(clause ?? "")
  if (braces === null) return []
  return (braces[1] ?? "")
    .split(",")
    .map(
      (name) =>
        name
          .trim()
          .replace(/^type\s+/, "")
          .split(/\s+as\s+/)[0] ?? ""
    )
    .filter((name) => name !== "")
}

const targetOf = (from: string, specifier: string): string =>
  specifier.startsWith(".") ? relative(root, resolve(root, dirname(from), specifier)).replaceAll("\\", "/") : specifier

/** Every static and dynamic import and re-export of a file. */
export const importsOf = ({ path, text }: Source): ReadonlyArray<Import> => [
  ...[...text.matchAll(statement)].map(([, clause, specifier]) => ({
    from: path,
    target: targetOf(path, specifier ?? ""),
    names: namesOf(clause)
  })),
  ...[...text.matchAll(dynamic)].map(([, specifier]) => ({
    from: path,
    target: targetOf(path, specifier ?? ""),
    names: []
  }))
]
