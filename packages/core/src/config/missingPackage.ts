const isMissing = (cause: unknown): cause is Error =>
  cause instanceof Error && "code" in cause && /^(ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND)$/.test(String(cause.code))

/**
 * The package that a failed import lacks, by its error. It may be one that the imported package needs. Undefined after any
 * other failure.
 */
export const missingPackage = (cause: unknown): string | undefined => {
  if (!isMissing(cause)) return undefined
  const [, name] = /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/.exec(cause.message) ?? []
  return name?.startsWith(".") ? undefined : name
}
