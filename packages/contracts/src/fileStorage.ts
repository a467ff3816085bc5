import { it } from "@effect/vitest"
import { concurrencyCases } from "./fileStorage/concurrency.ts"
import type { FileStorageHarness } from "./fileStorage/harness.ts"
import { readCases } from "./fileStorage/reads.ts"
import { adoptCases, removeCases, removeFolderCases } from "./fileStorage/removes.ts"
import { streamingCases } from "./fileStorage/streaming.ts"
import { writeCases } from "./fileStorage/writes.ts"

export type { FileStorageHarness } from "./fileStorage/harness.ts"

/** Contract of every FileStorage. An adapter's test calls this and adds its own cases. */
export const fileStorageContract = <R, E>(name: string, harness: FileStorageHarness<R, E>): void =>
  it.layer(harness.layer, { timeout: "5 minutes" })(`FileStorage: ${name}`, (it) => {
    const all = [writeCases, readCases, removeCases, removeFolderCases, adoptCases, concurrencyCases, streamingCases]
    for (const cases of all) cases(it, harness)
  })
