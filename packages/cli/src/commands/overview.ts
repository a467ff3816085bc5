import { Command, Options } from "@effect/cli"
import { Capabilities, Overview } from "@runner-connector/core"
import { capabilityDocument, overviewDocument } from "@runner-connector/protocol"
import { Console, Effect } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, printJson, printRows } from "../output.ts"

type Figures = ReturnType<typeof overviewDocument>

const percent = (rate: number | null): string => (rate === null ? "" : `, ${(100 * rate).toFixed(1)} % failed`)

const linesOf = ({ oldestPending, range, runners, storage, throughput, videos }: Figures): ReadonlyArray<string> => [
  `last ${range}: ${throughput.completed} jobs completed, ${throughput.failed} failed${percent(throughput.failureRate)}`,
  `runners: ${runners.total}, ${runners.online} online, ${runners.busy} busy, ${runners.idle} idle`,
  `videos: ${[videos.total, ...videos.byState.map(({ count, state }) => `${count} ${state}`)].join(", ")}`,
  `stored renditions: ${(storage.bytes / 1024 ** 3).toFixed(2)} GiB`,
  ...(oldestPending === null ? [] : [`oldest pending job: ${oldestPending.uuid} since ${oldestPending.createdAt}`])
]

export const overviewCommand: CommandOf<"overview", Overview.Overview> = Command.make(
  "overview",
  { range: Options.choice("range", ["hour", "day", "week"]).pipe(Options.withDefault("hour" as const)), json },
  ({ json, range }) =>
    Effect.gen(function* () {
      const figures = overviewDocument(range, yield* (yield* Overview.Overview).read(range))
      if (json) return yield* printJson(figures)
      yield* Effect.forEach(linesOf(figures), (line) => Console.log(line), { discard: true })
      const queue = figures.queue.map(({ oldestPendingAt, ...row }) => ({ ...row, "oldest pending": oldestPendingAt }))
      if (queue.length > 0) yield* printRows(queue, "")
    })
).pipe(Command.withDescription("Shows throughput, queue, runners, videos and storage"))

export const capabilitiesCommand: CommandOf<"capabilities", Capabilities.Capabilities> = Command.make(
  "capabilities",
  { json },
  ({ json }) =>
    Effect.gen(function* () {
      const missing = yield* (yield* Capabilities.Capabilities).missing
      const rows = Object.entries(missing).map(([capability, lack]) => ({ capability, ...capabilityDocument(lack) }))
      yield* printRows(rows, "", json)
    })
).pipe(Command.withDescription("Shows the abilities of the registered runners, and remedies for missing ones"))
