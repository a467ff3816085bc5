export * from "./ConnectorError.ts"
export * from "./coreErrors.ts"
export * from "./ownErrors.ts"
