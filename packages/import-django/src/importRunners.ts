import { type Ids, type Persistence, RunnerStore, Tokens } from "@runner-connector/core"
import { Effect, Either, Option, Redacted } from "effect"
import type { DjangoDatabase, DjangoDatabaseError } from "./database/DjangoDatabase.ts"
import { selectAll } from "./database/queries.ts"
import { RunnerRow, TokenRow } from "./database/tables.ts"
import { decodeRows } from "./decodeRows.ts"
import * as ImportReport from "./ImportReport.ts"
import { type KnownRunner, type KnownRunners, runnerOf } from "./mapping/runner.ts"

/** Stands for the number that the store would assign. */
const UNASSIGNED = 0

interface Outcome<A> {
  readonly value: Option.Option<A>
  readonly report: ImportReport.ImportReport
}

const importToken = (row: TokenRow, dryRun: boolean) =>
  Effect.gen(function* () {
    const { registrationTokens } = yield* RunnerStore.RunnerStore
    const token = Redacted.make(row.registrationToken)
    const tokenHash = yield* Tokens.hashToken(token)
    const known = yield* registrationTokens.findByHash(tokenHash)
    const table = "runnerregistrationtoken"
    if (Option.isSome(known)) {
      return { value: Option.some(known.value.id), report: ImportReport.counted(table, "present") }
    }
    const report = ImportReport.counted(table, "imported")
    if (dryRun) return { value: Option.some(UNASSIGNED as Ids.RegistrationTokenId), report }
    const { id } = yield* registrationTokens.add({
      tokenHash,
      hint: Tokens.hintOf(token),
      at: row.createdAt
    })
    return { value: Option.some(id), report }
  })

const skip = (row: RunnerRow, reason: string): Outcome<KnownRunner> => ({
  value: Option.none(),
  report: ImportReport.skipped("runner", row.id, reason)
})

const importRunner = (row: RunnerRow, tokens: ReadonlyMap<string, Ids.RegistrationTokenId>, dryRun: boolean) =>
  Effect.gen(function* () {
    const runners = yield* RunnerStore.RunnerStore
    const tokenHash = yield* Tokens.hashToken(Redacted.make(row.runnerToken))
    const known = yield* runners.findByToken(tokenHash)
    if (Option.isSome(known)) return { value: known, report: ImportReport.counted("runner", "present") }
    const registrationTokenId = tokens.get(row.runnerRegistrationToken_id)
    if (registrationTokenId === undefined) return skip(row, "its registration token was not imported")
    const report = ImportReport.counted("runner", "imported")
    const name = row.name
    if (dryRun) return { value: Option.some({ id: UNASSIGNED as Ids.RunnerId, name }), report }
    const inserted = yield* Effect.either(runners.insert(runnerOf(row, { tokenHash, registrationTokenId })))
    if (Either.isRight(inserted)) return { value: Option.some(inserted.right), report }
    if (inserted.left._tag === "PersistenceError") return yield* inserted.left
    // Imported tokens have no limits, but an administrator may have replaced or removed one.
    return skip(row, inserted.left.message)
  })

/** Runs the import of each row and keeps the imported ones by their ids in the original. */
const importAll = <Row extends { readonly id: string }, A, E, R>(
  rows: ReadonlyArray<Row>,
  one: (row: Row) => Effect.Effect<Outcome<A>, E, R>
) =>
  Effect.map(
    Effect.forEach(rows, (row) => Effect.map(one(row), (outcome) => ({ row, ...outcome }))),
    (outcomes) => ({
      known: new Map(
        outcomes.flatMap(({ row, value }) => Option.toArray(Option.map(value, (a) => [row.id, a] as const)))
      ),
      report: ImportReport.combineAll(outcomes.map(({ report }) => report))
    })
  )

/** Imports registration tokens and runners under the hashes of their tokens, so that runners need not register again. */
export const importRunners = (
  dryRun: boolean
): Effect.Effect<
  { readonly runners: KnownRunners; readonly report: ImportReport.ImportReport },
  DjangoDatabaseError | Persistence.PersistenceError,
  DjangoDatabase | RunnerStore.RunnerStore
> =>
  Effect.gen(function* () {
    const tokenRows = decodeRows("runnerregistrationtoken", TokenRow, yield* selectAll("runnerregistrationtoken"))
    const runnerRows = decodeRows("runner", RunnerRow, yield* selectAll("runner"))
    const tokens = yield* importAll(tokenRows.rows, (row) => importToken(row, dryRun))
    const runners = yield* importAll(runnerRows.rows, (row) => importRunner(row, tokens.known, dryRun))
    return {
      runners: runners.known,
      report: ImportReport.combineAll([tokenRows.report, runnerRows.report, tokens.report, runners.report])
    }
  })
