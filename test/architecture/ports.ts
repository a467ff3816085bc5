import type { Class, TSSignature, TSType } from "oxc-parser"
import type { Source } from "./sources.ts"
import { visit } from "./syntax.ts"

export interface Port {
  readonly name: string
  /** The names of its methods and values. */
  readonly members: ReadonlyArray<string>
}

const memberName = (member: TSSignature): ReadonlyArray<string> =>
  (member.type === "TSPropertySignature" || member.type === "TSMethodSignature") && member.key.type === "Identifier"
    ? [member.key.name]
    : []

/** The type of the service in `class X extends Context.Tag("…")<X, Service>() {}`; undefined for any other class. */
const serviceOf = ({ superClass }: Class): TSType | undefined => {
  if (superClass?.type !== "CallExpression" || superClass.callee.type !== "CallExpression") return undefined
  const { callee } = superClass.callee
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined
  return callee.property.name === "Tag" ? superClass.typeArguments?.params[1] : undefined
}

type Interfaces = ReadonlyMap<string, ReadonlyArray<TSSignature>>

const membersOf = (service: TSType, interfaces: Interfaces): ReadonlyArray<TSSignature> | undefined => {
  if (service.type === "TSTypeLiteral") return service.members
  if (service.type !== "TSTypeReference" || service.typeName.type !== "Identifier") return undefined
  return interfaces.get(service.typeName.name)
}

/** Returns the ports that a file declares, whose service is written out or is an interface of the same file. */
export const portsOf = (source: Source): ReadonlyArray<Port> => {
  const interfaces = new Map<string, ReadonlyArray<TSSignature>>()
  const ports: Array<Port> = []
  visit(source, { TSInterfaceDeclaration: ({ body, id }) => void interfaces.set(id.name, body.body) })
  visit(source, {
    ClassDeclaration: (node) => {
      const service = serviceOf(node)
      if (service === undefined || node.id === null) return
      const members = membersOf(service, interfaces)
      if (members === undefined) throw new Error(`${source.path}: the service of ${node.id.name} is declared elsewhere`)
      ports.push({ name: node.id.name, members: members.flatMap(memberName) })
    }
  })
  return ports
}
