import { SchemaAST } from "effect"
import type { AnyJobType } from "./JobType.ts"
import { UploadedFile } from "./UploadedFile.ts"

/** The files that a result of this type has, by the names of their members. */
export const resultFiles = ({ result }: Pick<AnyJobType, "result">): ReadonlyArray<string> =>
  SchemaAST.getPropertySignatures(SchemaAST.typeAST(result.ast))
    .filter(({ type }) => type === UploadedFile.schema.ast)
    .map(({ name }) => String(name))
