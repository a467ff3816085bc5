import { type Ids, type Runner, RunnerHealth } from "@runner-connector/core"
import { Option } from "effect"
import type { RunnerRow } from "../database/tables.ts"

/** A runner under its name and its token. The version follows with its next request. */
export const runnerOf = (
  row: RunnerRow,
  { registrationTokenId, tokenHash }: Pick<Runner.NewRunner, "registrationTokenId" | "tokenHash">
): Runner.NewRunner => ({
  name: row.name,
  description: Option.fromNullable(row.description),
  tokenHash,
  registrationTokenId,
  version: Option.none(),
  jobTypes: Option.none(),
  labels: [],
  state: "active",
  health: RunnerHealth.unknownHealth,
  ip: Option.fromNullable(row.ip),
  lastContact: row.lastContact ?? row.updatedAt,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt
})

/** An imported runner, as jobs refer to it. */
export interface KnownRunner {
  readonly id: Ids.RunnerId
  readonly name: string
}

/** Imported runners by their ids in the original. */
export type KnownRunners = ReadonlyMap<string, KnownRunner>
