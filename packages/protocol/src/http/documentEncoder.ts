import { Schema, SchemaAST } from "effect"

type Encode = (document: unknown) => unknown

const encoderOfMembers = ({ indexSignatures, propertySignatures }: SchemaAST.TypeLiteral): Encode | undefined => {
  if (indexSignatures.length > 0) return undefined
  const members = propertySignatures.map(({ name, type }) => ({ name, encode: encoderOf(type) }))
  return (document) => {
    const encoded: Record<PropertyKey, unknown> = {}
    for (const { encode, name } of members) {
      const value = (document as Record<PropertyKey, unknown>)[name]
      if (value !== undefined) encoded[name] = encode(value)
    }
    return encoded
  }
}

/**
 * Encodes documents of this schema. Their parts that are the same on both sides go out as they are, unchecked: only the server
 * makes them. Throws when another part does not have its type.
 */
export const encoderOf = (ast: SchemaAST.AST): Encode => {
  if (SchemaAST.typeAST(ast) === ast) return (value) => value
  const ofMembers = SchemaAST.isTypeLiteral(ast) ? encoderOfMembers(ast) : undefined
  return ofMembers ?? Schema.encodeSync(Schema.make<unknown>(ast))
}
