import { existsSync, readFileSync, rmSync } from "node:fs"

/** The real disk in the place of the pretended one: the twins then take what a server has written there. */
export class LocalDisk extends Map<string, Uint8Array> {
  override get(path: string): Uint8Array | undefined {
    return super.get(path) ?? (existsSync(path) ? readFileSync(path) : undefined)
  }

  override delete(path: string): boolean {
    if (super.delete(path)) return true
    rmSync(path, { force: true })
    return true
  }
}
