import * as coreErrors from "./coreErrors.ts"
import * as ownErrors from "./ownErrors.ts"

const classes = { ...coreErrors, ...ownErrors }

/** The code of an error, for `switch`. */
export type ErrorCode = keyof typeof classes

/** Every error, for exhaustive `switch (error.code)`. */
export type AnyConnectorError = InstanceType<(typeof classes)[ErrorCode]>

/** All codes. */
export const errorCodes: ReadonlyArray<ErrorCode> = Object.keys(classes) as ReadonlyArray<ErrorCode>

/** Whether the value is an error of a connector. Its `code` then selects the class. */
export const isConnectorError = (error: unknown): error is AnyConnectorError =>
  Object.values(classes).some((known) => error instanceof known)
