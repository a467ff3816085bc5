// Node 20 does not run TypeScript, and loading the thousand files of Effect and the packages takes a second. Each
// program is therefore bundled into one file, again after each change of a source.
import { existsSync } from "node:fs"
import { mkdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises"
import { dirname, join, relative, resolve, sep } from "node:path"
import { pathToFileURL } from "node:url"
import { buildConsole } from "./console.mjs"
import { isFile, optionalModules, optionalPackages } from "./optional.mjs"
import { fail, root } from "./setup.mjs"

const folder = join(root, "node_modules", ".cache", "runner-connector")
/** The file that each installation writes. */
const installed = join("node_modules", ".installed")

const changedAt = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY

/** Returns whether the bundle was made in this clone, after the last change of every source in it. */
const isFresh = async (file) => {
  const note = await readFile(`${file}.json`, "utf8").catch(() => undefined)
  if (note === undefined) return false
  const { inputs, place } = JSON.parse(note)
  if (place !== root) return false
  const made = await stat(file).catch(() => undefined)
  const changes = await Promise.all([installed, ...inputs].map((input) => changedAt(join(root, input))))
  return made !== undefined && changes.every((change) => change <= made.mtimeMs)
}

/** Keeps `import.meta.url` and `import.meta.resolve` of a bundled module as they are in the source file. */
const places = (transform) => ({
  name: "places",
  setup: (build) =>
    build.onLoad({ filter: /\.m?[jt]s$/ }, async ({ path }) => {
      if (path.includes(`${sep}node_modules${sep}`)) return undefined
      let contents = await readFile(path, "utf8")
      if (!contents.includes("import.meta")) return undefined
      for (const [call, name] of contents.matchAll(/import\.meta\.resolve\("([^"]+)"\)/g)) {
        const found = await build.resolve(name, { kind: "import-statement", resolveDir: dirname(path) })
        // Resolution of a package that is not installed fails at run time, in the program.
        if (found.errors.length === 0) contents = contents.replace(call, JSON.stringify(pathToFileURL(found.path).href))
      }
      const place = { "import.meta.url": JSON.stringify(pathToFileURL(path).href) }
      const { code } = await transform(contents, { loader: "ts", define: place, sourcemap: "inline", sourcefile: path })
      return { contents: code }
    })
})

/** The dependencies of the program's own project. */
const dependenciesOf = (entry) => {
  let folder = dirname(join(root, entry))
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder)
  return join(folder, "node_modules")
}

const optionsFor = (entry, file, transform) => ({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile: file,
  write: false,
  metafile: true,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "linked",
  sourcesContent: false,
  // CommonJS packages load Node's modules through this name.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);'
  },
  // The bundler cannot bundle itself.
  external: ["esbuild"],
  // `npm start` installs no development dependencies, so the packages find their peers where the program has them.
  nodePaths: [dependenciesOf(entry), ...optionalModules],
  plugins: [optionalPackages, places(transform)],
  logLevel: "error",
  logLimit: 5
})

const make = async (entry, file) => {
  const { build, stop, transform } = await import("esbuild")
  const begun = new Date()
  const { metafile, outputFiles } = await build(optionsFor(entry, file, transform))
  // Without this esbuild's own process would outlive this one.
  await stop()
  await mkdir(folder, { recursive: true })
  const inputs = Object.keys(metafile.inputs).filter(isFile)
  const note = { path: `${file}.json`, contents: JSON.stringify({ place: root, inputs }) }
  const beside = outputFiles.filter(({ path }) => path !== file)
  const program = outputFiles.filter(({ path }) => path === file)
  // The program is renamed last, and each file is replaced atomically, because another process may create the same
  // bundle.
  for (const { path, contents } of [note, ...beside, ...program]) {
    const draft = `${path}.${process.pid}`
    await writeFile(draft, contents)
    // A source that changes during the build must count as changed after it.
    await utimes(draft, begun, begun)
    await rename(draft, path)
  }
}

/**
 * Bundles a program, given by its path, into one file that Node runs, and returns the file's path. Bundles again when a
 * source has changed.
 */
export const bundled = async (program) => {
  const entry = relative(root, resolve(root, program))
  const file = join(folder, `${entry.replaceAll(sep, "-")}.mjs`)
  if (!(await isFresh(file))) {
    await make(entry, file).catch(({ message }) =>
      fail(`${entry} could not be bundled. Fix the error and try again: ${message}`)
    )
  }
  return file
}

/** Bundles the server and builds its pages once before all tests, so that several tests that start it do not each do it. */
export const setup = async () => {
  await buildConsole()
  await bundled("examples/server/src/main.ts")
}
