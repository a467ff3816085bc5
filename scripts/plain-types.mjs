// Writes the types of `packages/node/src/model.ts` out into the built package, so that applications need no types of Effect:
// `Plain<Video>` becomes the fields of a video. Then checks that no declaration of the public entry needs another package.
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { API, NodeBuilderFlags, SignatureKind, SymbolFlags, TypeFlags } from "typescript/unstable/sync"
import { fail, root } from "./setup.mjs"

const folder = join(root, "packages", "node")
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
const makePrinter = (checker, models) => {
  const nameOf = (type) => checker.typeToString(type, undefined, NodeBuilderFlags.NoTruncation)

  const property = (symbol, indent) => {
    const optional = (symbol.flags & SymbolFlags.Optional) !== 0
    const type = print(checker.getTypeOfSymbol(symbol), `${indent}  `, optional)
    const key = isIdentifier(symbol.name) ? symbol.name : JSON.stringify(symbol.name)
    const doc = comment(checker.getDocumentationCommentOfSymbol(symbol), `${indent}  `)
    return `${doc}${indent}  readonly ${key}${optional ? "?" : ""}: ${type}`
  }

  const record = (type, indent) => {
    const indexes = checker
      .getIndexInfosOfType(type)
      .map(
        ({ keyType, valueType }) => `${indent}  readonly [key: ${nameOf(keyType)}]: ${print(valueType, `${indent}  `)}`
      )
    const members = [...checker.getPropertiesOfType(type).map((symbol) => property(symbol, indent)), ...indexes]
    return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`
  }

  const call = (signature, indent) => {
    const parameters = signature
      .getParameters()
      .map((symbol) => `${symbol.name}: ${print(checker.getTypeOfSymbol(symbol), indent)}`)
    return `(${parameters.join(", ")}) => ${print(checker.getReturnTypeOfSignature(signature), indent)}`
  }

  const union = (type, indent, withoutUndefined) => {
    const members = type.getTypes().filter(({ flags }) => !withoutUndefined || (flags & TypeFlags.Undefined) === 0)
    const texts = members
      .map((member) => print(member, indent))
      .map((text) => (text.includes("=>") ? `(${text})` : text))
    const all = new Set(texts)
    if (all.delete("true") && all.delete("false")) all.add("boolean")
    return [...all].sort().join(" | ")
  }

  const reference = (type, indent) => {
    const name = type.getSymbol()?.name
    const of = (type.isTypeReference() ? checker.getTypeArguments(type) : []).map((argument) => print(argument, indent))
    return checker.isArrayType(type)
      ? `ReadonlyArray<${of.join(", ")}>`
      : of.length === 0
        ? name
        : `${name}<${of.join(", ")}>`
  }

  const print = (type, indent, withoutUndefined = false) => {
    const known = models.get(type.id)
    if (known !== undefined) return known
    return structure(type, indent, withoutUndefined)
  }

  const structure = (type, indent, withoutUndefined = false) => {
    if (type.isUnionType()) return union(type, indent, withoutUndefined)
    if (type.isTupleType() || !type.isObjectType()) return nameOf(type)
    if (checker.isArrayType(type) || foreign.has(type.getSymbol()?.name)) return reference(type, indent)
    const [signature] = checker.getSignaturesOfType(type, SignatureKind.Call)
    return signature === undefined ? record(type, indent) : call(signature, indent)
  }
  return structure
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
    const print = makePrinter(checker, models)
    const texts = types.map(
      ({ symbol, type }) =>
        `${comment(checker.getDocumentationCommentOfSymbol(symbol), "")}export type ${symbol.name} = ${print(type, "")}\n`
    )
    api.close()
    return texts.join("\n")
  } catch (error) {
    console.error(error)
    throw error
  }
}

const importsOf = (text) => [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, name]) => name)

/** All declarations that a file needs. */
const reachable = (file, seen = new Set()) => {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const name of importsOf(readFileSync(file, "utf8"))) {
    if (name.startsWith(".")) reachable(join(dirname(file), name.replace(/\.(js|ts)$/, ".d.ts")), seen)
  }
  return seen
}

const isFree = (name) => name.startsWith(".") || name.startsWith("node:")

writeFileSync(join(folder, "dist", "model.d.ts"), written())
const needed = [...reachable(join(folder, "dist", "index.d.ts"))]
const bound = needed.flatMap((file) =>
  importsOf(readFileSync(file, "utf8"))
    .filter((name) => !isFree(name))
    .map((name) => `${relative(root, file)} needs ${name}`)
)
if (bound.length > 0) fail(`The declarations of @runner-connector/node must stand alone:\n${bound.join("\n")}`)
if (!existsSync(join(folder, "dist", "index.js"))) fail("Build the packages first.")
