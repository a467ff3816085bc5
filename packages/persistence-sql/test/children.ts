import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { build, stop } from "esbuild"

const bundles = new Map<string, Promise<string>>()

/** All that the script needs, as if it stood where the script does. The packages' sources stand in place of `dist`. */
const bundle = async (script: URL): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(script)],
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["source"],
    define: { "import.meta.url": JSON.stringify(script.href) },
    banner: {
      js: `import { createRequire as requireOf } from "node:module"; const require = requireOf("${script.href}");`
    },
    logLevel: "silent"
  })
  // Its own process would outlive this one.
  await stop()
  return outputFiles[0]?.text ?? ""
}

/**
 * Starts a script of these tests in a process of its own. It is given in one piece, which is made once: to translate
 * and load all of Effect file by file would take every process seconds.
 */
export const spawnScript = (
  script: URL,
  argument: unknown
): Effect.Effect<ChildProcessByStdio<Writable, Readable, Readable>> =>
  Effect.promise(async () => {
    const bundled = bundles.get(script.href) ?? bundle(script)
    bundles.set(script.href, bundled)
    const source = await bundled
    const child = spawn(process.execPath, ["--input-type=module", "-", JSON.stringify(argument)], {
      stdio: ["pipe", "pipe", "pipe"]
    })
    // It may be killed before it has read all.
    child.stdin.on("error", () => {})
    child.stdin.end(source)
    return child
  })
