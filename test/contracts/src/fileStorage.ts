import { it } from "@effect/vitest"
import { concurrencyCases } from "./fileStorage/concurrency.ts"
import type { FileStorageHarness } from "./fileStorage/harness.ts"
import { readCases } from "./fileStorage/reads.ts"
import { adoptCases, removeCases, removeFolderCases } from "./fileStorage/removes.ts"
import { streamingCases } from "./fileStorage/streaming.ts"
import { writeCases } from "./fileStorage/writes.ts"

export type { FileStorageHarness } from "./fileStorage/harness.ts"

/** What every FileStorage must do. An adapter's test is one call of this, and whatever only it has. */
export const fileStorageContract = <R, E>(name: string, harness: FileStorageHarness<R, E>): void =>
  it.layer(harness.layer, { timeout: "60 seconds" })(`FileStorage: ${name}`, (it) => {
    const all = [writeCases, readCases, removeCases, removeFolderCases, adoptCases, concurrencyCases, streamingCases]
    for (const cases of all) cases(it, harness)
  })
