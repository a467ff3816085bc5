import { Array as Arr, DateTime, Effect, Order } from "effect"
import type { Upload } from "../../domain/Upload.ts"
import { UploadExists, UploadStore } from "../UploadStore.ts"
import type { MemoryState } from "./MemoryState.ts"

const MAX_LISTED = 100

const bySilence = Order.mapInput(DateTime.Order, (upload: Upload) => upload.updatedAt)

/** The upload store over the given state. */
export const make = (state: MemoryState): UploadStore["Type"] =>
  UploadStore.of({
    insert: (key, at) =>
      Effect.suspend(() => {
        if (state.uploads.has(key)) return new UploadExists({ key })
        state.uploads.set(key, { key, abandoned: false, createdAt: at, updatedAt: at })
        return Effect.void
      }),
    isAlive: (key) => Effect.sync(() => state.uploads.get(key)?.abandoned === false),
    touch: (key, at) =>
      Effect.sync(() => {
        const upload = state.uploads.get(key)
        if (upload !== undefined && !upload.abandoned) state.uploads.set(key, { ...upload, updatedAt: at })
      }),
    abandon: (key, at, before) =>
      Effect.sync(() => {
        const upload = state.uploads.get(key)
        if (upload === undefined) return false
        if (upload.abandoned) return true
        if (before !== undefined && !DateTime.lessThan(upload.updatedAt, before)) return false
        state.uploads.set(key, { ...upload, abandoned: true, updatedAt: at })
        return true
      }),
    remove: (key) =>
      Effect.sync(() => {
        if (state.uploads.get(key)?.abandoned === true) state.uploads.delete(key)
      }),
    listSilent: (before) =>
      Effect.sync(() => {
        const silent = Array.from(state.uploads.values()).filter(({ updatedAt }) =>
          DateTime.lessThan(updatedAt, before)
        )
        return Arr.sort(silent, bySilence).slice(0, MAX_LISTED)
      })
  })
