import { SchemaAST } from "effect"
import type { AnyJobType } from "./JobType.ts"
import { UploadedFile } from "./UploadedFile.ts"

/** The files of a result of this type by member name. */
export const resultFiles = ({ result }: Pick<AnyJobType, "result">): ReadonlyArray<string> =>
  SchemaAST.getPropertySignatures(SchemaAST.typeAST(result.ast))
    .filter(({ type }) => type === UploadedFile.schema.ast)
    .map(({ name }) => String(name))
