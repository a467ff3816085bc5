import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

const app = fileURLToPath(new URL(".", import.meta.url))

/**
 * The policy of the page allows no inline styles. These packages write `<style>` into the shadow roots of their elements, so
 * the elements carry the nonce of the page (see `site.ts`).
 */
const styleNonce = {
  name: "nonce of styles in templates",
  setup: (build) =>
    build.onLoad({ filter: /[\\/](?:media-chrome|custom-media-element)[\\/].*\.js$/ }, async ({ path }) => {
      const code = await readFile(path, "utf8")
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text becomes a part of templates
      return { contents: code.replaceAll("<style", '<style nonce="${globalThis.styleNonce}"'), loader: "js" }
    })
}

const optionsFor = (folder) => ({
  absWorkingDir: app,
  entryPoints: { index: "src/main.tsx" },
  outdir: join(folder, "assets"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  metafile: true,
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [styleNonce],
  logLevel: "error",
  logLimit: 5
})

/** The tags that load the entry, with the chunks that it imports and its style sheet. */
const tagsOf = ({ outputs }) => {
  const [entry, { cssBundle, imports }] = Object.entries(outputs).find(
    ([path, { entryPoint }]) => entryPoint === "src/main.tsx" && path.endsWith(".js")
  )
  // The server writes `<base>` into the page, so that the files are found below every path.
  const place = (path) => `./assets/${basename(path)}`
  const needed = imports.filter(({ kind }) => kind === "import-statement")
  return [
    `<script type="module" src="${place(entry)}"></script>`,
    ...needed.map(({ path }) => `<link rel="modulepreload" href="${place(path)}">`),
    `<link rel="stylesheet" href="${place(cssBundle)}">`
  ]
}

/** Builds the pages into a folder. */
export const build = async (folder) => {
  const esbuild = await import("esbuild")
  const { metafile } = await esbuild.build(optionsFor(folder))
  cpSync(join(app, "public"), folder, { recursive: true })
  const page = readFileSync(join(app, "index.html"), "utf8")
  const source = '<script type="module" src="./src/main.tsx"></script>'
  writeFileSync(join(folder, "index.html"), page.replace(source, tagsOf(metafile).join("\n    ")))
  // Without this esbuild's own process would outlive this one.
  await esbuild.stop()
}
