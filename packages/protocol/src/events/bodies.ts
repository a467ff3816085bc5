import { Effect, Stream } from "effect"
import { TooManyStreams } from "../http/ProtocolErrors.ts"

/** Begins with the first read. So nothing runs for HEAD, or when the client disconnects before its answer. */
const whenRead = (begin: () => ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return new ReadableStream(
    {
      pull: async (controller) => {
        reader ??= begin().getReader()
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader?.cancel(reason)
    },
    { highWaterMark: 0 }
  )
}

/**
 * Makes the bodies of streams, which read nothing ahead of the client. Fails while `limit` of them are open. A body is open
 * from its first read until it ends or its client disconnects.
 */
export const makeBodies = (
  limit: number
): ((frames: Stream.Stream<string>) => Effect.Effect<ReadableStream<Uint8Array>, TooManyStreams>) => {
  let open = 0
  const add = (change: number) =>
    Effect.sync(() => {
      open += change
    })
  const counted = Stream.acquireRelease(add(1), () => add(-1))
  return (frames) =>
    Effect.flatMap(Effect.runtime<never>(), (runtime) => {
      if (open >= limit) return new TooManyStreams()
      const bytes = Stream.encodeText(Stream.flatMap(counted, () => frames))
      return Effect.sync(() =>
        whenRead(() => Stream.toReadableStreamRuntime(bytes, runtime, { strategy: { highWaterMark: 0 } }))
      )
    })
}
