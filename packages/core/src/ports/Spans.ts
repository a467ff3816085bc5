import { Context, DefaultServices, Effect, type Fiber, FiberRef, Tracer } from "effect"

/** Effect's default tracer. Nothing reads its spans. */
const nobody = Context.get(DefaultServices.liveServices, Tracer.Tracer)

const isRead = (fiber: Fiber.RuntimeFiber<unknown, unknown>): boolean =>
  fiber.currentTracer !== nobody && fiber.getFiberRef(FiberRef.currentTracerEnabled)

/** Runs the first effect when a tracer of the host reads spans, and the second one, for the same fiber, otherwise. */
export const ifTraced = <A, E, R>(
  traced: () => Effect.Effect<A, E, R>,
  plain: (fiber: Fiber.RuntimeFiber<A, E>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => Effect.withFiberRuntime<A, E, R>((fiber) => (isRead(fiber) ? traced() : plain(fiber)))

type Body = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown, unknown>
type Pipeable = (effect: ReturnType<Body>, ...args: ReadonlyArray<unknown>) => ReturnType<Body>

const isGenerator = (body: object): boolean => Object.prototype.toString.call(body) === "[object GeneratorFunction]"

const untraced = (body: Body, pipeables: ReadonlyArray<Pipeable>): Body => {
  const call = isGenerator(body) ? (Effect.fnUntraced(body as never) as Body) : body
  return (...args) => pipeables.reduce((effect, pipe) => pipe(effect, ...args), call(...args))
}

/** Like `Effect.fn(name)`. Costs no span and no stack trace while no tracer of the host reads them. */
export const spanned = (name: string): Effect.fn.Gen & Effect.fn.NonGen => {
  const define = (body: Body, ...pipeables: ReadonlyArray<Pipeable>): Body => {
    const plain = untraced(body, pipeables)
    const traced = (Effect.fn(name) as unknown as typeof define)(body, ...pipeables)
    return (...args) =>
      ifTraced(
        () => traced(...args),
        () => plain(...args)
      )
  }
  return define as unknown as Effect.fn.Gen & Effect.fn.NonGen
}
