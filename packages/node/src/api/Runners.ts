import type { RegistrationToken, Runner, RunnerSettings, TokenLimits } from "../model.ts"
import type { CallOptions } from "./CallOptions.ts"
import type { Page, PageOptions } from "./Page.ts"

/** The registered runners. */
export interface Runners {
  /** Newest first. */
  readonly list: (page?: PageOptions, options?: CallOptions) => Promise<Page<Runner>>
  /** Renames, labels, pauses, drains or resumes the runner. Undefined when there is none with this id. */
  readonly update: (id: number, settings: RunnerSettings, options?: CallOptions) => Promise<Runner | undefined>
  /** Removes the runner and releases its jobs at once. False when there is none with this id. */
  readonly remove: (id: number, options?: CallOptions) => Promise<boolean>
}

/** The tokens with which programs register as runners. */
export interface RegistrationTokens {
  /** A new token, which any number of runners can use at any time unless limited. Only this answer contains it. */
  readonly create: (limits?: TokenLimits, options?: CallOptions) => Promise<CreatedRegistrationToken>
  /** Newest first, each with the number of its runners. */
  readonly list: (page?: PageOptions, options?: CallOptions) => Promise<Page<RegistrationToken>>
  /** Removes the token and the runners registered with it. False when there is none with this id. */
  readonly remove: (id: number, options?: CallOptions) => Promise<boolean>
}

/** A new registration token. */
export interface CreatedRegistrationToken {
  readonly id: number
  /** The secret, such as `ptrrt-…`. Pass it to `peertube-runner register --registration-token`. */
  readonly token: string
}
