import { describe, expect, it } from "vitest"
import { cyclesOf } from "./cycles.ts"
import { longFunctionsOf } from "./functions.ts"
import { entriesOf, importsOf } from "./imports.ts"
import { portsOf } from "./ports.ts"
import { type Source, sourcesIn } from "./sources.ts"

const MAX_LINES = 40
const MAX_METHODS = 8

const packages = sourcesIn("packages")
/** The contracts are tests, although they are published. */
const isContract = ({ path }: Source): boolean => path.startsWith("packages/contracts/")
const shipped = packages.filter((source) => source.path.includes("/src/") && !isContract(source))
const around = ["examples", "bench", "scripts", "test"].flatMap(sourcesIn)

const anExample = (text: string): Source => ({ path: "packages/core/src/example.ts", text })

describe("import cycles", () => {
  const folders = new Set(shipped.map(({ path }) => path.split("/").slice(0, 2).join("/")))
  const entries = entriesOf([...folders, "packages/contracts"])
  const graphOf = (sources: ReadonlyArray<Source>) =>
    new Map(
      sources.map((source) => [source.path, importsOf(source).map(({ target }) => entries.get(target) ?? target)])
    )

  it("are found, also through types, dynamic imports and re-exports", () => {
    const graph = graphOf([
      { path: "a.ts", text: 'import type { B } from "./b.ts"' },
      { path: "b.ts", text: 'export * from "./c.ts"' },
      { path: "c.ts", text: 'const a = () => import("./a.ts")' },
      { path: "d.ts", text: 'type A = import("./a.ts").A; import "./e.ts"' },
      { path: "e.ts", text: 'export { e } from "./f.ts"' },
      { path: "f.ts", text: 'import { e } from "./f.ts"' }
    ])
    expect(cyclesOf(graph)).toEqual([["a.ts", "b.ts", "c.ts"], ["f.ts"]])
  })

  it("do not exist between source files, nor between packages", () => {
    expect([...entries.values()]).toContain("packages/core/src/index.ts")
    expect(cyclesOf(graphOf(shipped))).toEqual([])
  })

  it("do not exist between other files", () => {
    expect(cyclesOf(graphOf([...packages, ...around]))).toEqual([])
  })
})

describe("functions", () => {
  it("are measured whatever their kind", () => {
    const kinds = [
      "const f = () => {\n\n}",
      "function f() {\n\n}",
      "class C {\n  f() {\n\n}\n}",
      "g(function* () {\n\n})"
    ]
    const found = kinds.map((text) => longFunctionsOf(anExample(text), 2).map(({ lines }) => lines))
    expect(found).toEqual([[3], [3], [3], [3]])
  })

  it(`have at most ${MAX_LINES} lines`, () => {
    const sources = [...shipped, ...around.filter(({ path }) => !path.startsWith("test/"))]
    const long = sources.flatMap((source) => longFunctionsOf(source, MAX_LINES))
    expect(long.map(({ lines, place }) => `${place}: ${lines} lines`)).toEqual([])
  })
})

describe("ports", () => {
  const ports = shipped
    .filter(({ path }) => path.startsWith("packages/core/src/ports/") && !path.includes("/memory/"))
    .flatMap(portsOf)

  it("are found with their methods", () => {
    const text = `interface Two { readonly a: () => void; b(): void }
      export class P extends Context.Tag("P")<P, Two>() {}
      export class Q extends Context.Tag("Q")<Q, { readonly c: number }>() {}`
    expect(portsOf(anExample(text))).toEqual([
      { name: "P", members: ["a", "b"] },
      { name: "Q", members: ["c"] }
    ])
    expect(ports.map(({ name }) => name)).toContain("FileStorage")
  })

  it(`have at most ${MAX_METHODS} methods`, () => {
    const large = ports.filter(({ members }) => members.length > MAX_METHODS)
    expect(large).toEqual([])
  })
})
