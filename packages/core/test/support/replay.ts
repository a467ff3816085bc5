import { Effect } from "effect"
import type { Held } from "./actions.ts"
import { added, report } from "./live.ts"
import type { Process } from "./Process.ts"

/** The same segment with tracks that the twin of the remuxer cannot copy. */
export const unmovable = (bytes: Uint8Array): Uint8Array => {
  const { format, streams } = JSON.parse(new TextDecoder().decode(bytes))
  const far = streams.map((stream: object, position: number) => ({ ...stream, index: 7 + position }))
  return new TextEncoder().encode(JSON.stringify({ format, streams: far }))
}

/** Reports the first segment of each given variant. */
export const reportSegments = (server: Process, held: Held, segments: Readonly<Record<number, Uint8Array>>) =>
  Effect.forEach(Object.entries(segments), ([variant, content]) =>
    report(server, held, added(server.world, Number(variant), 0, { content }))
  )

/** The runner ends the live in good order. */
export const endLive = (server: Process, { claim }: Held) =>
  server.jobs.success({ ...claim, payload: undefined, release: Effect.void })
