// Installs an example outside the workspace from the packed packages, as an application installs them from the registry.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { PNPM, root } from "../setup.mjs"
import { runAsync } from "./processes.mjs"

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"))

/** The tarballs by the names of their packages. */
export const tarballsByName = (tarballs) =>
  Object.fromEntries(tarballs.map((path) => [`@runner-connector/${basename(join(path, ".."))}`, `file:${path}`]))

/** Copies the sources of an example, and lets its own packages come from the tarballs. */
export const copyExample = (name, folder, tarballs) => {
  const source = join(root, "examples", name)
  mkdirSync(folder, { recursive: true })
  const isSource = (path) => !["node_modules", "dist", ".next", ".data", "media"].includes(basename(path))
  cpSync(source, folder, { recursive: true, filter: isSource })
  const manifest = readJson(join(source, "package.json"))
  const dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies).map(([dependency, range]) => [dependency, tarballs[dependency] ?? range])
  )
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies, overrides: tarballs }))
  // pnpm reads overrides here, and stops at packages with install scripts otherwise. None is needed.
  const lines = Object.entries(tarballs).map(([dependency, path]) => `  "${dependency}": "${path}"`)
  writeFileSync(join(folder, "pnpm-workspace.yaml"), ["strictDepBuilds: false", "overrides:", ...lines, ""].join("\n"))
}

const commands = {
  npm: ["npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]],
  pnpm: ["npx", ["--yes", PNPM, "install", "--prefer-offline", "--reporter=append-only"]]
}

/** The package managers that are tried. */
export const managers = Object.keys(commands)

/** Installs a copied example. */
export const install = async (manager, folder) => {
  const [command, args] = commands[manager]
  await runAsync(command, args, folder)
  if (!existsSync(join(folder, "node_modules"))) throw new Error(`${manager} installed nothing in ${folder}`)
}
