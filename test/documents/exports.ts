import { readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { parseSync, type StaticExportEntry } from "oxc-parser"
import { root } from "./blocks.ts"

const exportsIn = (file: string): ReadonlyArray<StaticExportEntry> =>
  parseSync(file, readFileSync(file, "utf8")).module.staticExports.flatMap(({ entries }) => entries)

/**
 * The names that a module exports, types included, sorted and without repetition. The names of an exported namespace follow
 * it: `Video.newVideo`. Other packages are not followed.
 */
export const exportedNames = (file: string): ReadonlyArray<string> => {
  const names = exportsIn(file).flatMap((entry) => {
    const { exportName, importName, moduleRequest } = entry
    const target =
      moduleRequest === null || !moduleRequest.value.startsWith(".")
        ? undefined
        : resolve(dirname(file), moduleRequest.value)
    if (importName.kind === "AllButDefault") return target === undefined ? [] : exportedNames(target)
    const name = exportName.name ?? "default"
    return importName.kind === "All" && target !== undefined
      ? [name, ...exportedNames(target).map((inner) => `${name}.${inner}`)]
      : [name]
  })
  return [...new Set(names)].sort()
}

/** The names of every entry of a package, under the name of the entry. */
export const exportedBy = (folder: string): string => {
  const { exports, name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"))
  return Object.entries<string>(exports)
    .map(([entry, file]) => [`# ${name}${entry.slice(1)}`, ...exportedNames(join(root, folder, file)), ""].join("\n"))
    .join("\n")
}
