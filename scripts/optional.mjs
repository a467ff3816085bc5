// The server's optional packages: technologies that only some installations use, such as Redis. Each is a project in
// `examples/server/optional`, and is installed when one of the variables of its `installWhen` is set, or for a command
// with an argument that begins with its `installForArgument`.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL("../examples/server/optional", import.meta.url))

/** Packages that every server has, also where an optional one names them as its peers. */
const always = Object.keys(JSON.parse(readFileSync(join(folder, "..", "package.json"), "utf8")).dependencies)

const read = (folderName) => {
  const { dependencies, installForArgument, installWhen, name } = JSON.parse(
    readFileSync(join(folder, folderName, "package.json"), "utf8")
  )
  return { name: folderName, project: name, installForArgument, installWhen, packages: Object.keys(dependencies) }
}

const projects = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, "package.json")))
  .sort()
  .map(read)

/** The names of the projects that the variables or the command's arguments ask for. */
export const wantedOptional = (environment = process.env, given = process.argv.slice(2)) =>
  projects
    .filter(
      ({ installForArgument, installWhen }) =>
        installWhen.some((variable) => (environment[variable] ?? "") !== "") ||
        (installForArgument !== undefined && given.some((argument) => argument.startsWith(installForArgument)))
    )
    .map(({ name }) => name)

/** pnpm's filters for these projects. */
export const filtersOf = (names) =>
  projects.filter(({ name }) => names.includes(name)).flatMap(({ project }) => ["--filter-prod", `${project}...`])

/** Where the optional packages are, when they are installed. */
export const optionalModules = projects.map(({ name }) => join(folder, name, "node_modules"))

const MISSING = "missing-package"

const isOf = (path, name) => path === name || path.startsWith(`${name}/`)

/**
 * A plugin of the bundler. The module of an optional package that is not installed throws when it is loaded, which a
 * program does only after it has read the variable.
 */
export const optionalPackages = {
  name: "optional packages",
  setup: (build) => {
    const names = projects.flatMap(({ packages }) => packages).filter((name) => !always.includes(name))
    build.onResolve({ filter: /^[^./]/ }, async ({ importer, kind, path, pluginData, resolveDir }) => {
      if (pluginData === optionalPackages || !names.some((name) => isOf(path, name))) return undefined
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: optionalPackages })
      return found.errors.length === 0 ? found : { path, namespace: MISSING }
    })
    build.onLoad({ filter: /.*/, namespace: MISSING }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`The package ${path} is not installed`)})`,
      loader: "js"
    }))
  }
}

/** Whether this input of a bundle is a file. */
export const isFile = (input) => !input.startsWith(`${MISSING}:`)
