import { type Schema, SchemaAST } from "effect"
import { UploadedFile } from "./UploadedFile.ts"

const isFile = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isUnion(ast) ? ast.types.some(isFile) : ast === UploadedFile.schema.ast

/** The members of a payload that can be files. */
export const filesIn = ({ ast }: Schema.Schema.AnyNoContext): ReadonlyArray<string> => {
  const type = SchemaAST.typeAST(ast)
  const variants = SchemaAST.isUnion(type) ? type.types : [type]
  const members = variants.flatMap(SchemaAST.getPropertySignatures)
  return [...new Set(members.filter((member) => isFile(member.type)).map(({ name }) => String(name)))]
}
