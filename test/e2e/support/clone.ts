import { execFile } from "node:child_process"
import { cp } from "node:fs/promises"
import { relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** Other tests may write into `.blocks` meanwhile. */
const made = new Set(["node_modules", "dist", ".git", ".data", ".blocks"])

/** Copies the project's sources without installed or built files, as a new clone has them. */
export const copySources = (folder: string): Promise<void> =>
  cp(root, folder, {
    recursive: true,
    filter: (path) =>
      !relative(root, path)
        .split(sep)
        .some((name) => made.has(name))
  })

/** Runs a JavaScript module in a folder and waits for its end. Rejects with the output when it fails. */
export const runModule = async (folder: string, module: string): Promise<void> => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME }
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", module], { cwd: folder, env })
}
