import { Effect, Queue, type Scope } from "effect"
import type { FfmpegError } from "../Ffmpeg.ts"
import type { InputBytes } from "../InputBytes.ts"
import type { ReadRequest } from "./WorkerTask.ts"
import type { WorkerThread } from "./WorkerThread.ts"

const reply = (shared: SharedArrayBuffer, bytes: Uint8Array | undefined): void => {
  const control = new Int32Array(shared, 0, 2)
  if (bytes !== undefined) new Uint8Array(shared, 8).set(bytes)
  Atomics.store(control, 1, bytes?.length ?? -1)
  Atomics.store(control, 0, 1)
  Atomics.notify(control, 0)
}

/** Serves the reads of a blocked worker from the given sources until the scope closes. `onBroken` receives failures. */
export const serveReads = (
  worker: Pick<WorkerThread, "port" | "shared">,
  sources: ReadonlyArray<InputBytes | undefined>,
  onBroken: (error: FfmpegError) => void
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const requests = yield* Queue.unbounded<ReadRequest>()
    worker.port.on("message", (request: ReadRequest) => requests.unsafeOffer(request))
    const serve = ({ end, remote, start }: ReadRequest): Effect.Effect<void> => {
      const source = sources[remote]
      if (source === undefined) return Effect.sync(() => reply(worker.shared, undefined))
      return Effect.match(source.read(start, end), {
        onSuccess: (bytes) => reply(worker.shared, bytes),
        onFailure: (error) => {
          onBroken(error)
          reply(worker.shared, undefined)
        }
      })
    }
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(requests), serve)))
  })
