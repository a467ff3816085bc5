import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parse as parseToml } from "smol-toml"
import { describe, expect, it } from "vitest"
import { allBlocks, type Block, blocksIn, root } from "./blocks.ts"
import { moduleOf } from "./program.ts"

const checked = (...languages: ReadonlyArray<string>): ReadonlyArray<Block> =>
  allBlocks.filter(({ language, partOf }) => languages.includes(language) && partOf === undefined)

/** The first line of a block that does not follow the others in its file. The comment `// …` stands for left out lines. */
const missingLine = ({ partOf = "", text }: Pick<Block, "partOf" | "text">, file?: string): string | undefined => {
  const lines = (file ?? readFileSync(join(root, partOf), "utf8")).split("\n")
  let next = 0
  return text.split("\n").find((line) => {
    if (/^ *\/\/ …$/.test(line)) return false
    const at = lines.indexOf(line, next)
    next = at + 1
    return at === -1
  })
}

const folder = join(root, "test/documents/.blocks")

const references = (
  JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { references: Array<{ path: string }> }
).references

/** Compiles the blocks together. Gives the compiler's lines, with the places of the blocks instead of their files. */
const compile = (blocks: ReadonlyArray<Block>): ReadonlyArray<string> => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [index, block] of blocks.entries()) writeFileSync(join(folder, `block${index}.ts`), moduleOf(block))
  const config = {
    extends: "../../../tsconfig.tests.json",
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, lib: ["ES2024", "DOM"] },
    include: ["*.ts"],
    references: references.map(({ path }) => ({ path: join("../../..", path) }))
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  const { stderr, stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-b", folder],
    {
      cwd: folder,
      encoding: "utf8"
    }
  )
  const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "")
  return lines.map((line) => line.replace(/^.*block(\d+)\.ts/, (_, index) => blocks[Number(index)]?.place ?? ""))
}

describe("blocks of documents", () => {
  it("are found with the comments in front of them", () => {
    const document = "# A\n<!-- code before: const a = 1 -->\n```ts\na\n```\n<!-- part of: b.ts -->\n```ts\nb\n```\n"
    expect(blocksIn("a.md", document)).toEqual([
      { place: "a.md:3", language: "ts", text: "a\n", before: "const a = 1", partOf: undefined },
      { place: "a.md:7", language: "ts", text: "b\n", before: "", partOf: "b.ts" }
    ])
    expect(allBlocks.length).toBeGreaterThan(30)
  })

  it("have a language, so that none escapes", () => {
    const known = new Set(["ts", "js", "bash", "sh", "json", "toml", "mermaid", "sql", "yaml", "nginx", "html", "text"])
    expect(
      allBlocks.filter(({ language }) => !known.has(language)).map(({ language, place }) => `${place} ${language}`)
    ).toEqual([])
  })

  it("in TypeScript compile", () => {
    expect(compile(checked("ts"))).toEqual([])
  }, 300_000)

  it("with a wrong call would not compile", () => {
    const wrong = {
      ...blocksIn("wrong.md", '```ts\nimport { Effect } from "effect"\nEffect.nothingLikeThis()\n```\n')[0]
    } as Block
    expect(compile([wrong]).join("\n")).toMatch(/^wrong\.md:1.*nothingLikeThis/)
  }, 300_000)

  it("that are parts of a file have its lines in their order", () => {
    const parts = allBlocks.filter(({ partOf }) => partOf !== undefined)
    expect(parts.length).toBeGreaterThan(3)
    expect(parts.map((part) => [part.place, missingLine(part)])).toEqual(parts.map(({ place }) => [place, undefined]))
    expect(missingLine({ partOf: "a.ts", text: "a\n// …\nc\n" }, "a\nb\nc\n")).toBeUndefined()
    expect(missingLine({ partOf: "a.ts", text: "b\na\n" }, "a\nb\n")).toBe("a")
  })

  it("in JSON and TOML can be parsed", () => {
    for (const { text } of checked("json")) JSON.parse(text)
    for (const { text } of checked("toml")) parseToml(text)
  })
})

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }
const commands = checked("bash", "sh").flatMap(({ place, text }) =>
  text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => ({ place, line: line.replace(/(?:^|\s)#.*$/, "").trim() }))
    .filter(({ line }) => line !== "")
)

describe("commands in documents", () => {
  it("are valid shell", () => {
    for (const { place, text } of checked("bash", "sh")) {
      // Alternatives and placeholders of a synopsis are words for a reader.
      const plain = text.replaceAll("|", " ").replace(/\[|\]/g, "")
      const { stderr } = spawnSync("bash", ["-n"], { input: plain, encoding: "utf8" })
      expect(stderr, place).toBe("")
    }
  })

  it("of npm are scripts of this project", () => {
    const names = commands.flatMap(({ line, place }) => {
      const name = /\bnpm (?:run )?(?:--silent )?([\w:-]+)/.exec(line)?.[1]
      return name === undefined || name === "install" || name === "init" ? [] : [{ name, place }]
    })
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter(({ name }) => manifest.scripts[name] === undefined)).toEqual([])
  })
})
