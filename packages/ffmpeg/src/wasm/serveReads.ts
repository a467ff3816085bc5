import { Effect, Queue, type Scope } from "effect"
import type { FfmpegError } from "../Ffmpeg.ts"
import type { InputBytes } from "../InputBytes.ts"
import type { WasmProcess } from "./WasmProcess.ts"
import type { ReadRequest } from "./WasmTask.ts"

/** Serves the reads of a blocked process from the given sources until the scope closes. `onBroken` receives failures. */
export const serveReads = (
  { answerRead, onRead }: Pick<WasmProcess, "onRead" | "answerRead">,
  sources: ReadonlyArray<InputBytes | undefined>,
  onBroken: (error: FfmpegError) => void
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const requests = yield* Queue.unbounded<ReadRequest>()
    onRead((request) => requests.unsafeOffer(request))
    const serve = ({ end, remote, start }: ReadRequest): Effect.Effect<void> => {
      const source = sources[remote]
      if (source === undefined) return Effect.sync(() => answerRead(undefined))
      return Effect.match(source.read(start, end), {
        onSuccess: answerRead,
        onFailure: (error) => {
          onBroken(error)
          answerRead(undefined)
        }
      })
    }
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(requests), serve)))
  })
