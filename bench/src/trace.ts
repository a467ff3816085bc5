import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { Exit, Layer, Option, Tracer } from "effect"

/** The folder for the spans of the programs. None are written when it is left out. */
const TRACE = process.env.TRACE

/** A span as it is written when it ends. Milliseconds since the epoch, so that several programs on a machine compare. */
export interface Traced {
  readonly program: string
  readonly name: string
  readonly id: string
  readonly parent: string | undefined
  readonly began: number
  readonly ended: number
  readonly failed: boolean
}

let count = 0

const span = (
  write: (traced: Omit<Traced, "program">) => void,
  ...[name, parent, context, links, startTime, kind]: Parameters<Tracer.Tracer["span"]>
): Tracer.Span => {
  const attributes = new Map<string, unknown>()
  const spanId = String(++count)
  let status: Tracer.SpanStatus = { _tag: "Started", startTime }
  return {
    ...{ _tag: "Span", name, spanId, traceId: "bench", parent, context, links, sampled: true, kind, attributes },
    get status() {
      return status
    },
    attribute: (key, value) => void attributes.set(key, value),
    addLinks: () => undefined,
    event: () => undefined,
    end: (endTime, exit) => {
      status = { _tag: "Ended", startTime, endTime, exit }
      const milliseconds = { began: Number(startTime) / 1e6, ended: Number(endTime) / 1e6 }
      const up = Option.getOrUndefined(Option.map(parent, (one) => one.spanId))
      write({ name, id: spanId, parent: up, ...milliseconds, failed: Exit.isFailure(exit) })
    }
  }
}

/** Writes the spans of this program to a file with its name, a line of JSON for each. */
export const traced = (program: string): Layer.Layer<never> => {
  if (TRACE === undefined) return Layer.empty
  const write = (one: Omit<Traced, "program">) =>
    appendFileSync(join(TRACE, `${program}-${process.pid}.jsonl`), `${JSON.stringify({ program, ...one })}\n`)
  return Layer.setTracer(
    Tracer.make({ span: (...given) => span(write, ...given), context: (execution) => execution() })
  )
}
