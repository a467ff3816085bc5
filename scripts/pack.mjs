// Packs every package as for publishing and installs the tarballs in an empty folder.
import { spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fail, PNPM, root } from "./setup.mjs"

/** The packages with their folders. */
export const packages = readdirSync(join(root, "packages")).map((name) => ({
  name,
  source: join(root, "packages", name)
}))

/** Runs a command to its end and returns its output. Ends the program when it fails. */
export const run = (command, args, cwd) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32"
  })
  if (error || status !== 0) {
    fail(
      `${command} ${args.join(" ")} failed in ${cwd}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`
    )
  }
  return stdout
}

export const readManifest = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** Packs a package into its own folder and returns the tarball's path. */
const pack = (packageFolder, folder) => {
  mkdirSync(folder, { recursive: true })
  run("npx", ["--yes", PNPM, "pack", "--pack-destination", folder], packageFolder)
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  if (tarball === undefined) fail(`pnpm pack left no tarball in ${folder}.`)
  return join(folder, tarball)
}

/** Builds the packages, packs those with these names, or all, and returns the paths of the tarballs. */
export const packAll = (folder, names = packages.map(({ name }) => name)) => {
  // Removes files of an older build, which would be published otherwise.
  for (const { source } of packages) rmSync(join(source, "dist"), { recursive: true, force: true })
  run(process.execPath, [join(root, "scripts", "run.mjs"), "build"], root)
  return packages.filter(({ name }) => names.includes(name)).map(({ name, source }) => pack(source, join(folder, name)))
}

/** The optional peers of all packages, which npm does not install by itself, in the versions of this workspace. */
export const optionalPeers = () => {
  const foreign = (peer) => !peer.startsWith("@runner-connector/")
  const wanted = packages.flatMap(({ source }) =>
    Object.keys(readManifest(source).peerDependenciesMeta ?? {})
      .filter(foreign)
      .map((peer) => {
        const { version } = readManifest(join(source, "node_modules", peer))
        return `${peer}@${version}`
      })
  )
  return [...new Set(wanted)]
}

/**
 * Installs the tarballs with their peers in an empty folder, and other packages beside them. Leaves out the optional
 * programs, PostgreSQL and ffmpeg.wasm, which are large, unless told otherwise.
 */
export const installIn = (consumer, tarballs, others = [], { optional = false } = {}) => {
  mkdirSync(consumer)
  // The README of the socket package names this override: Effect's optional peer is the older major version.
  const overrides = { "@effect/experimental": { ioredis: "^6.0.0" } }
  const manifest = { name: "consumer", private: true, type: "module", overrides }
  writeFileSync(join(consumer, "package.json"), JSON.stringify(manifest))
  const options = ["--no-audit", "--no-fund", "--silent", ...(optional ? [] : ["--omit=optional"])]
  run("npm", ["install", ...options, ...tarballs, ...others], consumer)
}
