// Finds the mutable places of a source file, and writes the file with all its mutants, of which one can be enabled.
import { parseSync, visitorKeys } from "oxc-parser"

const OPERATORS = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "&&": ["||"],
  "||": ["&&"],
  "??": ["&&"]
}

const pairs = [
  ["some", "every"],
  ["min", "max"],
  ["isSome", "isNone"],
  ["isRight", "isLeft"],
  ["startsWith", "endsWith"],
  ["head", "last"],
  ["floor", "ceil"],
  ["lessThan", "greaterThan"],
  ["lessThanOrEqualTo", "greaterThanOrEqualTo"]
]
const METHODS = new Map(
  pairs.flatMap(([one, other]) => [
    [one, other],
    [other, one]
  ])
)

/** Calls that add an effect to a value, with the argument that remains when the effect is removed. */
const WRAPPERS = { tap: 0, zipLeft: 0, zipRight: 1, uninterruptible: 0, ensuring: 0, when: 0, unless: 0 }

/** Logs, spans and types cannot be observed by a caller. */
const UNOBSERVABLE =
  /^(yield\* )?(Effect\.(zipRight|zipLeft|tap)\(\s*)?(Effect\.(log|annotate|withSpan|withLogSpan|asVoid)|Schema\.)/

const isType = (node) => /^TS(?!AsExpression|SatisfiesExpression|NonNullExpression)/.test(node.type)

const calleeName = ({ callee }) => {
  if (callee?.type === "Identifier") return callee.name
  return callee?.type === "MemberExpression" && !callee.computed ? callee.property.name : undefined
}

/** The alternatives of one node, as `[kind, text]`. */
const alternativesOf = (node, text) => {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      return (OPERATORS[node.operator] ?? []).map((operator) => [
        node.operator,
        `(${text(node.left)}) ${operator} (${text(node.right)})`
      ])
    case "UnaryExpression":
      if (node.operator === "!") return [["!", text(node.argument)]]
      return node.operator === "-" ? [["-", `+${text(node.argument)}`]] : []
    case "Literal":
      if (typeof node.value === "boolean") return [["boolean", String(!node.value)]]
      return typeof node.value === "number" ? [["number", String(node.value + 1)]] : []
    case "ArrayExpression":
      return node.elements.length === 0 ? [] : [["array", "[]"]]
    case "CallExpression":
      return alternativesOfCall(node, text)
    default:
      return []
  }
}

const alternativesOfCall = (node, text) => {
  const name = calleeName(node)
  const found = []
  const other = METHODS.get(name)
  if (other !== undefined && node.callee.type === "MemberExpression") {
    const { end, object, property } = node.callee
    const rest = text(node).slice(end - node.start)
    found.push([
      name,
      `${text(object)}${text(node.callee).slice(object.end - node.callee.start, property.start - node.callee.start)}${other}${rest}`
    ])
  }
  const kept = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined
  const hasValue = kept !== undefined && node.arguments.length === (name.startsWith("un") && name !== "unless" ? 1 : 2)
  if (hasValue && node.callee.type === "MemberExpression" && text(node.callee.object) === "Effect") {
    found.push([`Effect.${name}`, text(node.arguments[kept])])
  }
  return found
}

/** Places of a node's children that take `true` and `false` as well. */
const conditionsOf = (node) => (["IfStatement", "ConditionalExpression"].includes(node.type) ? [node.test] : [])

const stepsOf = (node) => {
  if (node.type !== "CallExpression" || calleeName(node) !== "pipe") return []
  const steps = node.callee.type === "Identifier" ? node.arguments.slice(1) : node.arguments
  return steps.filter(({ type }) => type !== "SpreadElement")
}

/** `discard` only saves memory: the types keep callers from using the values. */
const isDiscard = ({ key }) => key?.type === "Identifier" && key.name === "discard"

/** Loops with a wrong condition may never end, and the child nodes are not separate expressions. */
const isSkipped = (node, parent, key) =>
  isType(node) ||
  ["ImportDeclaration", "ExportAllDeclaration", "ChainExpression", "TemplateElement"].includes(node.type) ||
  (key === "key" && parent.computed !== true) ||
  isDiscard(node) ||
  (/^(For|While|DoWhile)/.test(parent.type) && ["test", "update", "init"].includes(key)) ||
  (parent.type === "UnaryExpression" && node.type === "Literal")

/** Returns the places of a file that can be mutated, outermost first: `{ start, end, depth, isStatement, alternatives }`. */
const placesOf = (path, source) => {
  const text = (node) => source.slice(node.start, node.end)
  const places = new Map()
  const add = (node, depth, alternatives, isStatement = false) => {
    if (alternatives.length === 0) return
    const key = `${node.start}-${node.end}-${isStatement}`
    const place = places.get(key) ?? { start: node.start, end: node.end, depth, isStatement, alternatives: [] }
    place.alternatives.push(...alternatives)
    places.set(key, place)
  }
  const walk = (node, parent, key, depth) => {
    if (isSkipped(node, parent, key)) return
    add(node, depth, alternativesOf(node, text))
    for (const test of conditionsOf(node))
      add(test, depth + 1, [
        ["condition", "true"],
        ["condition", "false"]
      ])
    for (const step of stepsOf(node)) {
      if (!UNOBSERVABLE.test(text(step))) add(step, depth + 1, [["step", "(value) => value"]])
    }
    if (node.type === "ExpressionStatement" && parent.type !== "Program" && !UNOBSERVABLE.test(text(node))) {
      add(node, depth, [["statement", ""]], true)
    }
    for (const child of visitorKeys[node.type] ?? []) {
      for (const below of [node[child]].flat()) if (below?.type !== undefined) walk(below, node, child, depth + 1)
    }
  }
  const { errors, program } = parseSync(path, source)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  for (const statement of program.body) walk(statement, program, "body", 0)
  return [...places.values()]
}

/** Returns the mutants of a file: `{ id, line, kind, before, after }` and their places. */
export const mutantsOf = (path, source) => {
  let count = 0
  return placesOf(path, source).flatMap(({ alternatives, ...place }) =>
    alternatives.map(([kind, after]) => ({
      ...place,
      id: `${path}#${count++}`,
      line: source.slice(0, place.start).split("\n").length,
      kind,
      before: source.slice(place.start, place.end),
      after
    }))
  )
}

/**
 * Writes the file with those of its mutants that `isChosen` accepts. `__mutant(id)` returns whether a mutant is
 * enabled.
 */
export const instrument = (path, source, isChosen) => {
  const edits = []
  const groups = new Map()
  for (const mutant of mutantsOf(path, source)) {
    const key = `${mutant.start}-${mutant.end}-${mutant.isStatement}`
    if (isChosen(mutant.id)) groups.set(key, [...(groups.get(key) ?? []), mutant])
  }
  for (const group of groups.values()) {
    const { depth, end, isStatement, start } = group[0]
    const ids = group.map(({ id }) => JSON.stringify(id))
    // The block keeps an `else` after its statement.
    const before = isStatement
      ? `{ if (!__mutant(${ids[0]})) `
      : `(${group.map(({ after }, index) => `__mutant(${ids[index]}) ? (${after}) : `).join("")}(`
    edits.push({ at: start, order: depth, text: before })
    edits.push({ at: end, order: -depth - 1e6, text: isStatement ? "}" : "))" })
  }
  // At one position, ends come before starts, the inner end first and the outer start first.
  edits.sort((one, other) => one.at - other.at || one.order - other.order)
  let done = 0
  let out = ""
  for (const { at, text } of edits) {
    out += source.slice(done, at) + text
    done = at
  }
  return out + source.slice(done)
}
