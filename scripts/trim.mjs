import { existsSync, readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Source maps, type declarations, and sources that packages ship beside their compiled files. */
const isUnread = (name) => /\.(?:map|[mc]?tsx?)$/.test(name)

const trimFolder = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) trimFolder(path)
    else if (entry.isFile() && isUnread(entry.name)) unlinkSync(path)
  }
}

/** The folder with the files of all packages. Everything else in `node_modules` is a link into it. */
const packagesOf = (modules) => join(modules, ".pnpm")

/** Exists from the first deletion on, also when the process ends before the last one. */
const markOf = (modules) => join(modules, ".trimmed")

/**
 * Deletes what no program reads from the dependencies in a `node_modules`, about a third of them. The package manager's store
 * keeps the files. Links are not followed.
 */
export const trim = (modules) => {
  if (!existsSync(packagesOf(modules))) return
  writeFileSync(markOf(modules), "")
  trimFolder(packagesOf(modules))
}

/** Removes trimmed dependencies, so that the next installation links all their files again. */
export const removeTrimmed = (modules) => {
  if (!existsSync(markOf(modules))) return
  for (const path of [packagesOf(modules), join(modules, ".modules.yaml"), markOf(modules)])
    rmSync(path, { recursive: true, force: true })
}
