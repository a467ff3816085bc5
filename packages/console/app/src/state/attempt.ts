import type { Attempt } from "../api/documents.ts"
import { t } from "../texts.ts"
import { clock, now } from "./format.ts"

/** `at work for 0:12` or `failed after 0:12`. */
export const attemptCourse = ({ endedAt, outcome, startedAt }: Attempt): string => {
  const end = endedAt === null ? now() : new Date(endedAt).getTime()
  const time = clock(Math.max(0, end - new Date(startedAt).getTime()) / 1000)
  return outcome === null ? `${t.jobs.at} ${time}` : t.jobs.after(outcome, time)
}
