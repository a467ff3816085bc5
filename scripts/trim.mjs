import { existsSync, readdirSync, unlinkSync } from "node:fs"
import { join } from "node:path"

/** Source maps, and sources that packages ship beside their compiled files. Type declarations stay for the compiler. */
const isUnread = (name) => name.endsWith(".map") || (/\.[mc]?tsx?$/.test(name) && !/\.d(?:\.\w+)?\.[mc]?ts$/.test(name))

const trimFolder = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) trimFolder(path)
    else if (entry.isFile() && isUnread(entry.name)) unlinkSync(path)
  }
}

/**
 * Deletes what no program reads from the dependencies in a `node_modules`, about a quarter of them. The package manager's
 * store keeps the files. Links are not followed.
 */
export const trim = (modules) => {
  // Everything else in `node_modules` is a link to one of these folders.
  const packages = join(modules, ".pnpm")
  if (existsSync(packages)) trimFolder(packages)
}
