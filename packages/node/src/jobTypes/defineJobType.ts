import type { JobType } from "../api/JobTypes.ts"

/** Infers the type of the payload from its function `payload`. Returns the same value. */
export const defineJobType = <Payload>(jobType: JobType<Payload>): JobType<Payload> => jobType
