import { Context, Effect } from "effect"
import type { Event } from "../../src/domain/event/Event.ts"
import { start } from "../../src/domain/event/EventCursor.ts"
import type { Hooks } from "../../src/ports/ConnectorHooks.ts"
import { EventStore } from "../../src/ports/EventStore.ts"
import type { JobStore } from "../../src/ports/JobStore.ts"
import type { VideoStore } from "../../src/ports/VideoStore.ts"
import { makeCallHook } from "../../src/usecases/events/callHooks.ts"

/** One call of a hook. */
export interface Told {
  readonly hook: keyof Hooks
  readonly videoId: string
  /** Names the rendition, the captions or the storyboard; absent for hooks about the whole video. */
  readonly attemptId?: string
  readonly state: string
}

/** Records the calls of hooks. */
export const hooksOf = (told: Array<Told>): Hooks => {
  const tell = (one: Told) => Effect.sync(() => void told.push(one))
  return {
    renditionReady: (video, { attemptId }) =>
      tell({ hook: "renditionReady", videoId: video.id, state: video.state, attemptId }),
    webVideoReady: (video, { attemptId }) =>
      tell({ hook: "webVideoReady", videoId: video.id, state: video.state, attemptId }),
    videoPlayable: (video) => tell({ hook: "videoPlayable", videoId: video.id, state: video.state }),
    transcodingEnded: (video) => tell({ hook: "transcodingEnded", videoId: video.id, state: video.state }),
    transcriptionEnded: (video, { key }) =>
      tell({ hook: "transcriptionEnded", videoId: video.id, state: video.state, attemptId: key }),
    transcriptionFailed: (video) => tell({ hook: "transcriptionFailed", videoId: video.id, state: video.state }),
    storyboardReady: ({ id, state }, { data }) =>
      tell({ hook: "storyboardReady", videoId: id, state, attemptId: data.key }),
    editingEnded: (video) => tell({ hook: "editingEnded", videoId: video.id, state: video.state }),
    editingFailed: (video) => tell({ hook: "editingFailed", videoId: video.id, state: video.state }),
    liveStarted: (video) => tell({ hook: "liveStarted", videoId: video.id, state: video.state }),
    liveEnded: (video) => tell({ hook: "liveEnded", videoId: video.id, state: video.state }),
    jobEnded: () => Effect.void
  }
}

const BATCH = 100

/** Calls the hooks of all new events in order, each once. */
export const makeCallHooks = (
  stores: Context.Context<EventStore | JobStore | VideoStore>,
  hooks: Hooks
): Effect.Effect<Effect.Effect<void>> =>
  Effect.gen(function* () {
    const store = Context.get(stores, EventStore)
    const callHook = yield* Effect.provide(makeCallHook, stores)
    const turns = yield* Effect.makeSemaphore(1)
    let cursor = start
    // An interruption takes effect between two events, but not within one.
    const one = (event: Event) =>
      Effect.uninterruptible(
        Effect.zipRight(
          callHook(hooks, event),
          Effect.sync(() => {
            cursor = event.cursor
          })
        )
      )
    const batch = Effect.suspend(() => store.after(cursor, BATCH)).pipe(
      Effect.tap((events) => Effect.forEach(events, one, { discard: true }))
    )
    return turns.withPermits(1)(
      Effect.asVoid(Effect.orDie(Effect.repeat(batch, { while: (events) => events.length === BATCH })))
    )
  })

const writes: ReadonlySet<string> = new Set(["insert", "commit", "save", "remove"])

/** The store, which calls the hooks after each write. */
export const callingHooks =
  <Id, Store extends object>(tag: Context.Tag<Id, Store>, callHooks: Effect.Effect<void>) =>
  <Services>(stores: Context.Context<Services>): Context.Context<Services> => {
    const store = Context.get(stores as Context.Context<Services | Id>, tag) as Store
    const members = Object.entries(store).map(([name, member]) => {
      if (!writes.has(name) || typeof member !== "function") return [name, member]
      const write = (...args: ReadonlyArray<unknown>) =>
        Effect.zipLeft(member(...args) as Effect.Effect<unknown>, callHooks)
      return [name, write]
    })
    return Context.add(stores, tag, Object.fromEntries(members) as Store) as Context.Context<Services>
  }
