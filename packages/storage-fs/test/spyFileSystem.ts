import type { FileSystem } from "@effect/platform"
import { SystemError } from "@effect/platform/Error"
import { Effect } from "effect"

type Change = (fs: FileSystem.FileSystem) => FileSystem.FileSystem

/** What the system says when a call fails with this code. */
export const systemError = (method: string, path: string, code: string): SystemError =>
  new SystemError({
    module: "FileSystem",
    method,
    reason: "Unknown",
    pathOrDescriptor: path,
    cause: Object.assign(new Error(code), { code })
  })

/** Records the operations on open files and the renames, with their paths. */
export const noting =
  (calls: Array<string>): Change =>
  (fs) => ({
    ...fs,
    rename: (from, to) =>
      Effect.suspend(() => {
        calls.push(`rename ${to}`)
        return fs.rename(from, to)
      }),
    open: (path, options) =>
      Effect.acquireRelease(
        Effect.map(fs.open(path, options), (file): FileSystem.File => {
          const noted = <A, E>(what: string, effect: Effect.Effect<A, E>) =>
            Effect.tap(effect, () => Effect.sync(() => calls.push(`${what} ${path}`)))
          return Object.create(file, {
            sync: { get: () => noted("sync", file.sync) },
            readAlloc: { value: (size: number) => noted("read", file.readAlloc(size)) },
            writeAll: { value: (bytes: Uint8Array) => noted("write", file.writeAll(bytes)) }
          })
        }),
        () => Effect.sync(() => calls.push(`close ${path}`))
      )
  })

/** A disk that has room for so many writes. */
export const fullAfter =
  (writes: number): Change =>
  (fs) => {
    let left = writes
    return {
      ...fs,
      open: (path, options) =>
        Effect.map(
          fs.open(path, options),
          (file): FileSystem.File =>
            Object.create(file, {
              writeAll: {
                value: (bytes: Uint8Array) =>
                  Effect.suspend(() => (left-- > 0 ? file.writeAll(bytes) : systemError("writeAll", path, "ENOSPC")))
              }
            })
        )
    }
  }
