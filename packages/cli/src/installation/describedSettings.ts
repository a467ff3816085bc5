import type { Config } from "effect"

/** A variable as its configuration describes it. */
export interface DescribedSetting {
  readonly name: string
  readonly description: string | undefined
  /** The value when the variable is unset. Undefined: there is none. */
  readonly fallback: { readonly value: unknown } | undefined
  /** Whether the configuration redacts the value. */
  readonly isSecret: boolean
}

/**
 * The parts of Effect's configurations. Effect exports no types of them, but its providers read them, and the version of
 * Effect is pinned.
 */
type Node =
  | { readonly _tag: "Constant"; readonly value: unknown }
  | { readonly _tag: "Described"; readonly config: Node; readonly description: string }
  | { readonly _tag: "Fallback"; readonly first: Node; readonly second: Node }
  | { readonly _tag: "Lazy"; readonly config: () => Node }
  | { readonly _tag: "MapOrFail" | "Redacted"; readonly original: Node }
  | { readonly _tag: "Nested"; readonly name: string; readonly config: Node }
  | { readonly _tag: "Sequence"; readonly config: Node }
  | { readonly _tag: "HashMap"; readonly valueConfig: Node }
  | { readonly _tag: "ZipWith"; readonly left: Node; readonly right: Node }
  | { readonly _tag: "Primitive" | "Fail" }

interface Known extends Omit<DescribedSetting, "name"> {
  readonly path: ReadonlyArray<string>
}

const force = (node: Node): Node => (node._tag === "Lazy" ? force(node.config()) : node)

const constantOf = (node: Node): DescribedSetting["fallback"] => {
  const forced = force(node)
  return forced._tag === "Constant" ? { value: forced.value } : undefined
}

const settingOf = ({ path, ...known }: Known): DescribedSetting => ({ name: path.join("_"), ...known })

/** The innermost description and fallback of a variable count. */
const walk = (node: Node, known: Known): ReadonlyArray<DescribedSetting> => {
  switch (node._tag) {
    case "Described":
      return walk(node.config, { ...known, description: node.description })
    case "Fallback":
      return walk(node.first, { ...known, fallback: constantOf(node.second) ?? known.fallback })
    case "Lazy":
      return walk(force(node), known)
    case "MapOrFail":
      return walk(node.original, known)
    case "Redacted":
      return walk(node.original, { ...known, isSecret: true })
    case "Nested":
      return walk(node.config, { ...known, path: [...known.path, node.name] })
    case "Sequence":
      return walk(node.config, known)
    case "HashMap":
      return walk(node.valueConfig, known)
    case "ZipWith":
      return [...walk(node.left, known), ...walk(node.right, known)]
    case "Primitive":
      return [settingOf(known)]
    default:
      return []
  }
}

/** Every variable that the configuration reads, once, in the order of the configuration. */
export const describedSettings = (config: Config.Config<unknown>): ReadonlyArray<DescribedSetting> => {
  const nothing: Known = { path: [], description: undefined, fallback: undefined, isSecret: false }
  const found = walk(config as unknown as Node, nothing)
  const byName = new Map<string, DescribedSetting>()
  for (const setting of found) {
    const before = byName.get(setting.name)
    if (before?.description === undefined) byName.set(setting.name, setting)
  }
  return [...byName.values()]
}
