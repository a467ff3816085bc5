import type { RunnerJob } from "@runner-connector/core"
import type { Job } from "../model.ts"
import { toPlain } from "./toPlain.ts"

/** Tokens, and data whose form belongs to the server, stay inside. */
export const withoutSecrets = <J extends RunnerJob.RunnerJob>({
  jobTokenHash,
  privatePayload,
  received,
  ...job
}: J): Omit<J, "jobTokenHash" | "privatePayload" | "received"> => job

/** A job for applications. */
export const plainJob = (job: RunnerJob.RunnerJob): Job => toPlain(withoutSecrets(job))
