import { readFileSync, rmSync, statSync } from "node:fs"

/** The largest file that is read into memory. Larger files are read as empty. */
const MAX_SIZE = 16 * 1024 ** 2

/**
 * A disk for the ports in memory (`MemoryDisk`) that also has the files of this machine, so that these ports read and
 * adopt what a server has received.
 */
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
