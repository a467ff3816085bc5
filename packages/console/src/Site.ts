import { randomBytes } from "node:crypto"
import { type BuiltFile, readFiles } from "./files.ts"
import { policyOf } from "./policy.ts"

/** Where the console is served, and where it finds the rest of the server. */
export interface Options {
  /** The path below which the console is served, such as `/console`. Default: the root. */
  readonly path?: string | undefined
  /**
   * The path of the pages for viewers: the page for uploads, `<home>/v/<id>` and `<home>/v/<id>/embed`. Default: `path`.
   * The root is the empty text.
   */
  readonly home?: string | undefined
  /** The path below which the JSON routes are, such as `/api`. Default: the root. */
  readonly api?: string | undefined
  /** The origins beside that of the page from which players get files, such as `https://media.s3.example`. Default: none. */
  readonly mediaOrigins?: ReadonlyArray<string> | undefined
}

/** The files of the console for any HTTP server. */
export interface Site {
  /** Whether a path belongs to the console. */
  readonly owns: (pathname: string) => boolean
  /** The same paths as patterns of routers: `:name` for a segment, `**` for the rest. */
  readonly patterns: ReadonlyArray<string>
  /** Answers GET and HEAD requests for paths of the console. Other methods get 405, and missing files 404. */
  readonly handle: (request: Request) => Response
}

const common = { "x-content-type-options": "nosniff", "referrer-policy": "same-origin" }

/** `console/` becomes `/console`. The root becomes the empty text. */
const normalized = (path: string): string => path.replace(/^\/*/, "/").replace(/\/+$/, "")

const attribute = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")

const acceptsGzip = (request: Request): boolean => /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")

const bodyOf = (request: Request, body: BodyInit): BodyInit | null => (request.method === "HEAD" ? null : body)

const fileAnswer = (request: Request, file: BuiltFile): Response => {
  const headers = {
    ...common,
    etag: file.etag,
    "content-type": file.type,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    "content-security-policy": "default-src 'none'",
    vary: "accept-encoding"
  }
  if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers })
  return acceptsGzip(request)
    ? new Response(bodyOf(request, Buffer.from(file.gzipped)), { headers: { ...headers, "content-encoding": "gzip" } })
    : new Response(bodyOf(request, Buffer.from(file.bytes)), { headers })
}

/** Writes the paths into the page. Each answer has its own nonce, so browsers keep none of them. */
const makePage = (file: BuiltFile, places: Required<{ readonly [K in keyof Options]: NonNullable<Options[K]> }>) => {
  const [head = "", tail = ""] = new TextDecoder()
    .decode(file.bytes)
    .replace('<base href="/" />', () => `<base href="${attribute(`${places.path}/`)}" />`)
    .split('content="{}"')
  return (request: Request, isEmbedded: boolean): Response => {
    const nonce = randomBytes(16).toString("base64url")
    const page = `${head}content="${attribute(JSON.stringify({ ...places, nonce }))}"${tail}`
    const headers = {
      ...common,
      "content-type": file.type,
      "cache-control": "no-store",
      "content-security-policy": policyOf(nonce, isEmbedded, places.mediaOrigins)
    }
    return new Response(bodyOf(request, page), { headers })
  }
}

/** The part of a path below a folder. Undefined outside of it. */
const below = (folder: string, pathname: string): string | undefined =>
  pathname === folder || pathname.startsWith(`${folder}/`) ? pathname.slice(folder.length + 1) : undefined

const isViewerPage = (part: string | undefined): boolean =>
  part === "" || (part !== undefined && /^v\/[^/]+(?:\/embed)?$/.test(part))

const refusal = (status: number, headers: HeadersInit = {}): Response =>
  new Response(null, { status, headers: { ...common, ...headers } })

/** Reads the built console into memory. Throws when the app was not built. */
export const make = (options: Options = {}): Site => {
  const path = normalized(options.path ?? "")
  const home = normalized(options.home ?? path)
  const files = readFiles()
  const index = files.get("index.html")
  if (index === undefined) throw new Error("The console is not built. Build the package and try again.")
  const { api = "", mediaOrigins = [] } = options
  const page = makePage(index, { path, home, api: normalized(api), mediaOrigins })
  const owns = (pathname: string): boolean => below(path, pathname) !== undefined || isViewerPage(below(home, pathname))
  return {
    owns,
    patterns: [`${home}/`, `${home}/v/:id`, `${home}/v/:id/embed`, path === "" ? "/" : path, `${path}/**`],
    handle: (request) => {
      const { pathname } = new URL(request.url)
      if (!owns(pathname)) return refusal(404)
      if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, { allow: "GET, HEAD" })
      const name = below(path, pathname) ?? ""
      const file = name === "index.html" ? undefined : files.get(name)
      if (file !== undefined) return fileAnswer(request, file)
      // A missing file is an error, not a page: an old page may ask for a file of an older version.
      if (name.startsWith("assets/")) return refusal(404)
      return page(request, /\/v\/[^/]+\/embed$/.test(pathname))
    }
  }
}
