import { Ids } from "@runner-connector/core"
import { Array as Arr, type Either, Order, Schema } from "effect"

/** The largest number of ids in one message. It keeps messages below the 8,000 bytes of a PostgreSQL notification. */
const MAX_IDS = 500

const RunnerIds = Schema.Array(Ids.RunnerId).pipe(Schema.maxItems(MAX_IDS))
const ServerId = Schema.String.pipe(Schema.maxLength(64))

/** The runners of one process whose ids are at least `from` and below `to`. Without `to` there is no upper end. */
const Roster = Schema.TaggedStruct("Roster", {
  server: ServerId,
  from: Schema.Int,
  to: Schema.NullOr(Schema.Int),
  ids: RunnerIds
})
export type Roster = typeof Roster.Type

/** Pings these runners on every process that has a connection of them. */
const Ping = Schema.TaggedStruct("Ping", { ids: RunnerIds })

/** Ends all connections of a removed runner. */
const Remove = Schema.TaggedStruct("Remove", { id: Ids.RunnerId, ping: Schema.Boolean })

/** The process closes its connections and is about to end. */
const Leave = Schema.TaggedStruct("Leave", { server: ServerId })

/** What the processes of one installation send to each other. Losing a message only costs time. */
export const Message = Schema.Union(Roster, Ping, Remove, Leave)
export type Message = typeof Message.Type

/** Decodes a message. Processes of another version may send messages that this one does not know. */
export const decodeMessage: (message: unknown) => Either.Either<Message, unknown> = Schema.decodeUnknownEither(Message)

/** Describes all connected runners of a process. Each message replaces the ids within its own range. */
export const rosterMessages = (server: string, ids: ReadonlyArray<Ids.RunnerId>): ReadonlyArray<Roster> => {
  const chunks = Arr.chunksOf(Arr.sort(ids, Order.number), MAX_IDS)
  if (chunks.length === 0) return [{ _tag: "Roster", server, from: 0, to: null, ids: [] }]
  return chunks.map((chunk, index) => ({
    _tag: "Roster",
    server,
    from: index === 0 ? 0 : (chunk[0] ?? 0),
    to: chunks[index + 1]?.[0] ?? null,
    ids: chunk
  }))
}

/** Pings all of these runners, in as many messages as needed. */
export const pingMessages = (ids: ReadonlyArray<Ids.RunnerId>): ReadonlyArray<Message> =>
  Arr.chunksOf(ids, MAX_IDS).map((chunk) => ({ _tag: "Ping", ids: chunk }))
