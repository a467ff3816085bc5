import type { Capabilities, Overview, OverviewRange } from "../model.ts"
import type { CallOptions } from "./CallOptions.ts"

/** Figures for operators, and what the runners can do. */
export interface Figures {
  /** Queue, runners, videos, and a series of ended jobs. At most two seconds old, the series of a week at most a minute. */
  readonly overview: (options?: CallOptions & { readonly range?: OverviewRange | undefined }) => Promise<Overview>
  /** The reason why no runner can do each kind of work. Undefined: a registered runner can do it. */
  readonly capabilities: (options?: CallOptions) => Promise<Capabilities>
}
