// TypeScript to what Node runs. The compiler finds by itself what has changed, which takes a fraction of a second; a
// loader that translates at every start would double the time until the server listens.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fail, root } from "./setup.mjs"

/** Brings the `dist` folders of a project, and of the packages that it needs, up to date. */
export const compile = (project) => {
  if (!existsSync(join(root, project, "dist"))) console.error(`Compiling ${project} (once; later only what changes) …`)
  const { error, status } = spawnSync(join(root, "node_modules", ".bin", "tsc"), ["-b", project], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32"
  })
  if (error) fail(`The compiler could not be started (${error.message}). Remove node_modules and try again.`)
  if (status !== 0) fail(`${project} does not compile. Mend what is said above and try again.`)
}

/** Before the tests: those that start the server find it compiled. */
export const setup = () => compile("examples/server")
