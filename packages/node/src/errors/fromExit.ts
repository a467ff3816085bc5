import { Cause, Exit, Option } from "effect"
import { toPlain } from "../plain/toPlain.ts"
import type { ConnectorError } from "./ConnectorError.ts"
import * as coreErrors from "./coreErrors.ts"
import { InternalError } from "./ownErrors.ts"

/** The codes of the core's errors. */
export type CoreCode = keyof typeof coreErrors

/** An error of the core that has a class here. A call with another error does not compile: add the class first. */
export interface KnownError {
  readonly _tag: CoreCode
  readonly message: string
}

const isTagged = (value: unknown): value is { readonly _tag: string; readonly cause?: unknown } =>
  typeof value === "object" && value !== null && "_tag" in value && typeof value._tag === "string"

/** The error of the driver or program below, without the errors of Effect around it. */
export const nativeCause = (cause: unknown): unknown => {
  if (!isTagged(cause)) return cause
  return cause.cause === undefined ? undefined : nativeCause(cause.cause)
}

const notDetails = new Set(["_tag", "message", "cause", "name", "stack"])

const detailsOf = (error: KnownError) =>
  toPlain(Object.fromEntries(Object.entries(error).filter(([key]) => !notDetails.has(key)))) as Readonly<
    Record<string, unknown>
  >

const classes = { ...coreErrors }

/** The error of this package for an error of the core. */
export const fromKnown = (error: KnownError): ConnectorError =>
  new classes[error._tag]({
    message: error.message,
    details: detailsOf(error),
    cause: nativeCause((error as { readonly cause?: unknown }).cause)
  })

const fromDefect = (cause: Cause.Cause<unknown>): ConnectorError => {
  const defect = Cause.squash(cause)
  const reason = defect instanceof Error ? defect.message : String(defect)
  return new InternalError({ message: `The connector has failed: ${reason}`, cause: nativeCause(defect) ?? defect })
}

/**
 * The value, or the error to throw. `interrupted` makes the error of a call that was interrupted. Nothing of Effect gets
 * out.
 */
export const valueOf = <A>(exit: Exit.Exit<A, KnownError | ConnectorError>, interrupted: () => unknown): A => {
  if (Exit.isSuccess(exit)) return exit.value
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure))
    throw failure.value instanceof Error && "code" in failure.value
      ? failure.value
      : fromKnown(failure.value as KnownError)
  throw Cause.isInterruptedOnly(exit.cause) ? interrupted() : fromDefect(exit.cause)
}
