import { readdirSync, readFileSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

export interface Source {
  /** The path relative to the repository, with `/`. */
  readonly path: string
  readonly text: string
}

const isSource = (name: string): boolean => /\.(?:tsx?|mjs|js)$/.test(name) && !name.endsWith(".d.ts")

/**
 * Installed packages, compiled files, the code of documents, which another test writes at the same time, and media files, of
 * which some end in `.ts`.
 */
const isForeign = (folder: string): boolean =>
  ["node_modules", "dist", ".blocks"].includes(basename(folder)) ||
  folder === join(root, "packages", "contracts", "media")

/** Does not use `recursive`: newer versions of Node then follow pnpm's symbolic links, which form cycles. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return isForeign(path) ? [] : filesIn(path)
    return entry.isFile() && isSource(entry.name) ? [path] : []
  })

/** Returns every source file under a folder of the repository. */
export const sourcesIn = (folder: string): ReadonlyArray<Source> =>
  filesIn(join(root, folder)).map((path) => ({
    path: relative(root, path).replaceAll("\\", "/"),
    text: readFileSync(path, "utf8")
  }))
