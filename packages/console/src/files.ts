import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { extname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

/** The built app. The build of the package puts it beside the compiled sources. */
const folder = fileURLToPath(new URL("../dist/app/", import.meta.url))

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml"
}

/** A file of the app in memory. */
export interface BuiltFile {
  readonly bytes: Uint8Array
  readonly gzipped: Uint8Array
  readonly type: string
  readonly etag: string
  /** Whether the name changes with the content, so that browsers may keep the file for good. */
  readonly isImmutable: boolean
}

const read = (name: string): BuiltFile => {
  const bytes = readFileSync(join(folder, name))
  return {
    bytes,
    gzipped: gzipSync(bytes),
    type: types[extname(name)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`,
    isImmutable: name.startsWith("assets/")
  }
}

/** Reads all files of the app, by their names. Throws when the app was not built. */
export const readFiles = (): ReadonlyMap<string, BuiltFile> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll(sep, "/"))
      .map((name) => [name, read(name)])
  )
