import cluster, { type Worker } from "node:cluster"
import { Deferred, Effect } from "effect"
import { merged } from "../telemetry/process.ts"
import type { Sample } from "../telemetry/samples.ts"

/** Between workers, by way of the primary process. */
type Message =
  /** A worker asks the others for their metrics. */
  | { readonly metrics: "ask"; readonly id: string }
  /** The primary process sends the number of answers to expect. */
  | { readonly metrics: "count"; readonly id: string; readonly count: number }
  /** The primary process asks one of them. */
  | { readonly metrics: "give"; readonly id: string; readonly worker: number }
  | { readonly metrics: "given"; readonly id: string; readonly worker: number; readonly samples: ReadonlyArray<Sample> }

const isMessage = (message: unknown): message is Message =>
  typeof message === "object" && message !== null && "metrics" in message

/** A worker that hangs is left out of the sums. */
const PATIENCE = "500 millis"

/** A process may disconnect at any moment. Its exit is noticed elsewhere, so a lost message is no failure. */
const sendTo = (worker: Worker | undefined, message: Message): void => {
  if (worker?.isConnected()) worker.send(message, () => undefined)
}

/** Passes questions and answers between workers. For the primary process. */
export const forward = (from: Worker, message: unknown): void => {
  if (!isMessage(message)) return
  const others = Object.values(cluster.workers ?? {}).filter((one) => one?.isConnected() && one.id !== from.id)
  if (message.metrics === "ask") {
    sendTo(from, { metrics: "count", id: message.id, count: others.length })
    for (const one of others) sendTo(one, { metrics: "give", id: message.id, worker: from.id })
  } else if (message.metrics === "given") sendTo(cluster.workers?.[message.worker], message)
}

interface Question {
  expected: number | undefined
  answers: number
  readonly samples: Array<Sample>
  readonly done: Deferred.Deferred<void>
}

const questions = new Map<string, Question>()

const send = (message: Message): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/** Answers other workers with the metrics of this one, and collects their answers. */
const listen = (own: () => ReadonlyArray<Sample>): void => {
  process.on("message", (message) => {
    if (!isMessage(message)) return
    if (message.metrics === "give") {
      send({ metrics: "given", id: message.id, worker: message.worker, samples: own() })
      return
    }
    const question = questions.get(message.id)
    if (question === undefined) return
    if (message.metrics === "count") question.expected = message.count
    if (message.metrics === "given") {
      question.answers += 1
      question.samples.push(...message.samples)
    }
    if (question.answers === question.expected) Deferred.unsafeDone(question.done, Effect.void)
  })
}

const ask = Effect.acquireUseRelease(
  Effect.map(Deferred.make<void>(), (done) => {
    const id = crypto.randomUUID()
    const question: Question = { expected: undefined, answers: 0, samples: [], done }
    questions.set(id, question)
    return { id, question }
  }),
  ({ id, question: { done, samples } }) =>
    Effect.zipRight(
      Effect.sync(() => send({ metrics: "ask", id })),
      Effect.as(Effect.timeoutOption(Deferred.await(done), PATIENCE), samples)
    ),
  ({ id }) => Effect.sync(() => questions.delete(id))
)

let isListening = false

/** Makes this worker answer the others. Call it before the worker serves requests. */
export const answerOthers = (own: () => ReadonlyArray<Sample>): void => {
  if (isListening || !cluster.isWorker) return
  isListening = true
  listen(own)
}

/** The metrics of all workers of this server. Those of a worker that does not answer in time are missing. */
export const ofAllWorkers = (own: () => ReadonlyArray<Sample>): Effect.Effect<ReadonlyArray<Sample>> =>
  cluster.isWorker ? Effect.map(ask, (others) => merged(own(), others)) : Effect.sync(own)
