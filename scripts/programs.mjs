// Where the programs of this machine are.
import { spawnSync } from "node:child_process"

/** The path of the program on PATH, or undefined. */
export const programPath = (program, env = process.env) => {
  const { status, stdout } = spawnSync("which", [program], { env, encoding: "utf8" })
  return status === 0 ? stdout.trim() : undefined
}

/** The names of Chromium in the distributions, and of Chrome. */
const chromiums = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]

/** The path of Chromium on PATH, or undefined. */
export const chromiumPath = () => {
  for (const program of chromiums) {
    const path = programPath(program)
    if (path !== undefined) return path
  }
  return undefined
}
