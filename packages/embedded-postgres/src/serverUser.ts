import type { Dirent } from "node:fs"
import { chmod, lchown, readdir, readFile, stat } from "node:fs/promises"
import { dirname, join } from "node:path"

/** The user that PostgreSQL runs as when we are root: it refuses to run as root. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

const FALLBACK: ServerUser = { uid: 65534, gid: 65534 }

/** Looks up the number, since initdb requires a user with a name. macOS writes it as -2. */
const nobody = async (): Promise<ServerUser> => {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "")
  const fields = passwd.match(/^nobody:[^:]*:(-?\d+):(-?\d+):/m)
  return fields === null ? FALLBACK : { uid: Number(fields[1]) >>> 0, gid: Number(fields[2]) >>> 0 }
}

/**
 * Chooses the user that PostgreSQL runs as. Undefined when we are an ordinary user: PostgreSQL then runs as that user.
 * For root it is the owner of the data, so that a folder made by an ordinary user stays theirs, or else `nobody`.
 */
export const chooseServerUser = async (dataDirectory: string): Promise<ServerUser | undefined> => {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(dataDirectory).catch(() => undefined)
  return owner === undefined || owner.uid === 0 ? nobody() : { uid: owner.uid, gid: owner.gid }
}

const mayEnter = async (folder: string, user: ServerUser): Promise<boolean> => {
  const { gid, mode, uid } = await stat(folder)
  if (uid === user.uid) return (mode & 0o100) !== 0
  return (mode & (gid === user.gid ? 0o010 : 0o001)) !== 0
}

/** Tells whether the user may enter the folder and every folder above it. */
export const canReach = async (folder: string, user: ServerUser | undefined): Promise<boolean> => {
  if (user === undefined) return true
  for (let current = folder; ; current = dirname(current)) {
    if (!(await mayEnter(current, user))) return false
    if (current === dirname(current)) return true
  }
}

/**
 * Yields everything below the folder. Symbolic links are yielded, but not followed: what they lead to is not ours to
 * change. Node's own `recursive` follows them.
 */
async function* entriesIn(folder: string): AsyncGenerator<{ readonly path: string; readonly entry: Dirent }> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    yield { path, entry }
    if (entry.isDirectory()) yield* entriesIn(path)
  }
}

/** Makes the user the owner of the folder and of everything in it. */
export const handOver = async (folder: string, { gid, uid }: ServerUser): Promise<void> => {
  await lchown(folder, uid, gid)
  for await (const { path } of entriesIn(folder)) await lchown(path, uid, gid)
}

/** Lets every user read the folder and everything in it, whatever the umask was. */
export const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755)
  for await (const { entry, path } of entriesIn(folder)) {
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}
