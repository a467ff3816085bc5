// Writes the types of `packages/node/src/model.ts` out into the built package, so that applications need no types of Effect:
// `Plain<Video>` becomes the fields of a video. Then checks that no declaration of the public entry needs another package.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { API, NodeBuilderFlags, SignatureKind, SymbolFlags, TypeFlags } from "typescript/unstable/sync"
import { fail, root } from "./setup.mjs"

const folder = join(root, "packages", "node")
const built = join(folder, "dist")
const source = join(folder, "src", "model.ts")

/** Declared by TypeScript or Node, so written by their names. */
const foreign = new Set([
  "Date",
  "URL",
  "AbortSignal",
  "Uint8Array",
  "Error",
  "Promise",
  "Map",
  "Set",
  "ReadonlyMap",
  "ReadonlySet"
])

const comment = (text, indent) =>
  text === "" ? "" : `${indent}/** ${text.replaceAll("*/", "*\\/").split("\n").join(`\n${indent} * `)} */\n`

const isIdentifier = (name) => /^[A-Za-z_$][\w$]*$/.test(name)

/** Prints types without names of their own, except those of the model. */
class Printer {
  #checker
  #models

  constructor(checker, models) {
    this.#checker = checker
    this.#models = models
  }

  print(type, indent, withoutUndefined = false) {
    return this.#models.get(type.id) ?? this.structure(type, indent, withoutUndefined)
  }

  /** The type without its name in the model. */
  structure(type, indent, withoutUndefined = false) {
    if (type.isUnionType()) return this.#union(type, indent, withoutUndefined)
    if (!type.isObjectType()) return this.#nameOf(type)
    if (this.#checker.isTupleType(type)) return this.#tuple(type, indent)
    if (this.#checker.isArrayType(type) || foreign.has(type.getSymbol()?.name)) return this.#reference(type, indent)
    const [signature] = this.#checker.getSignaturesOfType(type, SignatureKind.Call)
    return signature === undefined ? this.#record(type, indent) : this.#call(signature, indent)
  }

  #nameOf(type) {
    return this.#checker.typeToString(type, undefined, NodeBuilderFlags.NoTruncation)
  }

  #property(symbol, indent) {
    const optional = (symbol.flags & SymbolFlags.Optional) !== 0
    const type = this.print(this.#checker.getTypeOfSymbol(symbol), indent, optional)
    const key = isIdentifier(symbol.name) ? symbol.name : JSON.stringify(symbol.name)
    const doc = comment(this.#checker.getDocumentationCommentOfSymbol(symbol), indent)
    // An absent value and `undefined` are the same for applications, whatever their compiler options.
    return `${doc}${indent}readonly ${key}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""}`
  }

  #record(type, indent) {
    const inner = `${indent}  `
    const properties = this.#checker.getPropertiesOfType(type).map((symbol) => this.#property(symbol, inner))
    const indexes = this.#checker
      .getIndexInfosOfType(type)
      .map(
        ({ keyType, valueType }) => `${inner}readonly [key: ${this.#nameOf(keyType)}]: ${this.print(valueType, inner)}`
      )
    const members = [...properties, ...indexes]
    return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`
  }

  #call(signature, indent) {
    const parameters = signature
      .getParameters()
      .map((symbol) => `${symbol.name}: ${this.print(this.#checker.getTypeOfSymbol(symbol), indent)}`)
    const result = this.#checker.getReturnTypeOfSignature(signature)
    return `((${parameters.join(", ")}) => ${this.print(result, indent)})`
  }

  #union(type, indent, withoutUndefined) {
    const members = type.getTypes().filter(({ flags }) => !withoutUndefined || (flags & TypeFlags.Undefined) === 0)
    const texts = new Set(members.map((member) => this.print(member, indent)))
    if (texts.delete("true") && texts.delete("false")) texts.add("boolean")
    return [...texts].sort().join(" | ")
  }

  #tuple(type, indent) {
    return `readonly [${this.#checker
      .getTypeArguments(type)
      .map((one) => this.print(one, indent))
      .join(", ")}]`
  }

  #reference(type, indent) {
    const name = this.#checker.isArrayType(type) ? "ReadonlyArray" : type.getSymbol().name
    const of = type.isTypeReference() ? this.#checker.getTypeArguments(type) : []
    return of.length === 0 ? name : `${name}<${of.map((one) => this.print(one, indent)).join(", ")}>`
  }
}

const written = () => {
  const api = new API({ cwd: root })
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(folder, "tsconfig.json")] }).getProjects()
    const { checker, program } = project
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(source)))
    const types = symbols.map((symbol) => ({ symbol, type: checker.getDeclaredTypeOfSymbol(symbol) }))
    // Objects alone: `string` is not always a model of the same form.
    const models = new Map(
      types.filter(({ type }) => !type.isIntrinsicType()).map(({ symbol, type }) => [type.id, symbol.name])
    )
    const printer = new Printer(checker, models)
    const texts = types.map(
      ({ symbol, type }) =>
        `${comment(checker.getDocumentationCommentOfSymbol(symbol), "")}export type ${symbol.name} = ${printer.structure(type, "")}\n`
    )
    return texts.join("\n")
  } finally {
    api.close()
  }
}

const importsOf = (text) => [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, name]) => name)

/** The declarations that applications get, by their names. TypeScript's own stay as they are, for its next build. */
const collect = (name, found) => {
  if (found.has(name)) return found
  const text = name === "model.d.ts" ? written() : readFileSync(join(built, name), "utf8")
  found.set(name, text.replace(/\n?\/\/# sourceMappingURL=.*/, ""))
  for (const target of importsOf(text).filter((one) => one.startsWith("."))) {
    collect(join(dirname(name), target.replace(/\.(js|ts)$/, ".d.ts")), found)
  }
  return found
}

const isFree = (name) => name.startsWith(".") || name.startsWith("node:")

const declarations = [...collect("index.d.ts", new Map())]
const bound = declarations.flatMap(([name, text]) =>
  importsOf(text)
    .filter((target) => !isFree(target))
    .map((target) => `${name} needs ${target}`)
)
if (bound.length > 0) fail(`The declarations of @runner-connector/node must stand alone:\n${bound.join("\n")}`)
rmSync(join(built, "public"), { recursive: true, force: true })
for (const [name, text] of declarations) {
  mkdirSync(dirname(join(built, "public", name)), { recursive: true })
  writeFileSync(join(built, "public", name), text)
}
