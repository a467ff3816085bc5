import { Array as Arr, DateTime, Effect, Number as Num, Order } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { Upload } from "../../domain/Upload.ts"
import { type LockState, UploadExists, type UploadLock, UploadStore, UploadsFull } from "../UploadStore.ts"
import type { MemoryState } from "./MemoryState.ts"

const MAX_LISTED = 100

const bySilence = Order.mapInput(DateTime.Order, (upload: Upload) => upload.updatedAt)

/** The sizes of uploads that have room, by their keys. */
const makeRooms = (state: MemoryState): Pick<UploadStore["Type"], "insert" | "insertInto"> => {
  const sizes = new Map<FileKey, number>()
  const insert: UploadStore["Type"]["insert"] = (key, at) =>
    Effect.suspend(() => {
      if (state.uploads.has(key)) return new UploadExists({ key })
      state.uploads.set(key, { key, abandoned: false, createdAt: at, updatedAt: at })
      return Effect.void
    })
  return {
    insert,
    insertInto: ({ maxCount, maxSize, size }, key, at) =>
      Effect.suspend((): ReturnType<UploadStore["Type"]["insertInto"]> => {
        const others = [...sizes].flatMap(([one, bytes]) =>
          state.uploads.get(one)?.abandoned === false && one !== key ? [bytes] : []
        )
        if (others.length >= maxCount || Num.sumAll(others) + size > maxSize) return new UploadsFull()
        return Effect.tap(insert(key, at), () => Effect.sync(() => sizes.set(key, size)))
      })
  }
}

const makeLock = (state: MemoryState): UploadStore["Type"]["lock"] => {
  const locks = new Map<FileKey, UploadLock & { readonly isWanted: boolean }>()
  return (key, wish) =>
    Effect.sync((): LockState => {
      const current = locks.get(key)
      if (!state.uploads.has(key)) return "held"
      if (current !== undefined && current.owner !== wish.owner && DateTime.greaterThan(current.until, wish.at)) {
        locks.set(key, { ...current, isWanted: current.isWanted || DateTime.greaterThan(wish.until, wish.at) })
        return "taken"
      }
      const isWanted = current?.owner === wish.owner && current.isWanted
      locks.set(key, { ...wish, isWanted })
      return isWanted ? "wanted" : "held"
    })
}

/** The upload store over the given state. */
export const make = (state: MemoryState): UploadStore["Type"] =>
  UploadStore.of({
    ...makeRooms(state),
    lock: makeLock(state),
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
