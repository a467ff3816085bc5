import { DateTime, Schema } from "effect"
import { Event } from "../event/Event.ts"

const encode = Schema.encodeSync(Event)

/** The body of a delivery: type, moment, and the facts of the event with the ids of its subjects. */
export const webhookBody = (event: Event): string => {
  const { data, jobId, runnerId, videoId } = encode(event)
  return JSON.stringify({
    type: event.type,
    timestamp: DateTime.formatIso(event.occurredAt),
    data: { videoId, jobId, runnerId, ...data }
  })
}
