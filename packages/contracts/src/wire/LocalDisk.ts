import { readFileSync, rmSync, statSync } from "node:fs"

/** The maximum size of a file read into memory. Larger files are read as empty. */
const MAX_SIZE = 16 * 1024 ** 2

/** The real disk in place of the in-memory one, so that the twins read what a server has written there. */
export class LocalDisk extends Map<string, Uint8Array> {
  override get(path: string): Uint8Array | undefined {
    const kept = super.get(path)
    const size = statSync(path, { throwIfNoEntry: false })?.size
    if (kept !== undefined || size === undefined) return kept
    return size > MAX_SIZE ? new Uint8Array() : readFileSync(path)
  }

  override delete(path: string): boolean {
    if (super.delete(path)) return true
    rmSync(path, { force: true })
    return true
  }
}
