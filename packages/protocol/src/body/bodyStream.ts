import { copyBytes } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { BodyReader } from "./BodyReader.ts"

/**
 * The body as a web-standard stream. Its pieces are copies, which belong to whoever reads the stream: they may be kept, or freed by
 * `freeBytes`. Nothing is read before it is asked for.
 */
export const bodyStream = ({ cancel, read, ready }: BodyReader): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream(
    {
      pull: async (controller) => {
        const piece = ready() ?? (await Effect.runPromise(read))
        if (Option.isSome(piece)) controller.enqueue(copyBytes(piece.value))
        else controller.close()
      },
      cancel: () => Effect.runPromise(cancel)
    },
    { highWaterMark: 0 }
  )
