// Node 20 does not read TypeScript, and loads Effect and all else file by file, a thousand of them, for a second of every
// start. So a program is made one file, with all that it needs in it, as soon as anything of that has changed.
import { existsSync } from "node:fs"
import { mkdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises"
import { dirname, join, relative, resolve, sep } from "node:path"
import { pathToFileURL } from "node:url"
import { fail, root } from "./setup.mjs"

const folder = join(root, "node_modules", ".cache", "runner-connector")
/** Written by each installation. */
const installed = join("node_modules", ".installed")

const changedAt = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY

/** Whether the file was made here, and after the last change of everything that is in it. */
const isFresh = async (file) => {
  const note = await readFile(`${file}.json`, "utf8").catch(() => undefined)
  if (note === undefined) return false
  const { inputs, place } = JSON.parse(note)
  if (place !== root) return false
  const made = await stat(file).catch(() => undefined)
  const changes = await Promise.all([installed, ...inputs].map((input) => changedAt(join(root, input))))
  return made !== undefined && changes.every((change) => change <= made.mtimeMs)
}

/** What a module says of its own place stays true in the bundle: the files beside it, the packages that are its own. */
const places = (transform) => ({
  name: "places",
  setup: (build) =>
    build.onLoad({ filter: /\.m?[jt]s$/ }, async ({ path }) => {
      if (path.includes(`${sep}node_modules${sep}`)) return undefined
      let contents = await readFile(path, "utf8")
      if (!contents.includes("import.meta")) return undefined
      for (const [call, name] of contents.matchAll(/import\.meta\.resolve\("([^"]+)"\)/g)) {
        const found = await build.resolve(name, { kind: "import-statement", resolveDir: dirname(path) })
        // What is not installed is missed when it is asked for.
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

const make = async (entry, file) => {
  const { build, stop, transform } = await import("esbuild")
  const begun = new Date()
  const { metafile, outputFiles } = await build({
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
    // Packages of the older kind ask for Node's modules by this name.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);'
    },
    // The bundler cannot be bundled; it stands beside what it has made.
    external: ["esbuild"],
    // `npm start` installs no development dependencies, so the packages find their peers where the program has them.
    nodePaths: [dependenciesOf(entry)],
    plugins: [places(transform)],
    logLevel: "error",
    logLimit: 5
  })
  // Its own process would outlive this one.
  await stop()
  await mkdir(folder, { recursive: true })
  const note = { path: `${file}.json`, contents: JSON.stringify({ place: root, inputs: Object.keys(metafile.inputs) }) }
  const beside = outputFiles.filter(({ path }) => path !== file)
  const program = outputFiles.filter(({ path }) => path === file)
  // The program last, and each file whole: others may be making the same.
  for (const { path, contents } of [note, ...beside, ...program]) {
    const draft = `${path}.${process.pid}`
    await writeFile(draft, contents)
    // What changes meanwhile counts as changed.
    await utimes(draft, begun, begun)
    await rename(draft, path)
  }
}

/** The program, given by its path, as one file that Node runs; made anew when anything of it has changed. */
export const bundled = async (program) => {
  const entry = relative(root, resolve(root, program))
  const file = join(folder, `${entry.replaceAll(sep, "-")}.mjs`)
  if (!(await isFresh(file))) {
    await make(entry, file).catch(({ message }) =>
      fail(`${entry} could not be made one file. Mend what is said here and try again: ${message}`)
    )
  }
  return file
}

/** Before the tests: those that start the server at once find it made. */
export const setup = async () => void (await bundled("examples/server/src/main.ts"))
