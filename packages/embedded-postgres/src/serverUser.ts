import { chmod, lchown, readdir, readFile, stat } from "node:fs/promises"
import { dirname, join } from "node:path"

/** Whom PostgreSQL runs as when we are root; it refuses to be root itself. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

const FALLBACK: ServerUser = { uid: 65534, gid: 65534 }

/** initdb insists on a user that has a name, so the number is looked up. macOS writes it as -2. */
const nobody = async (): Promise<ServerUser> => {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "")
  const fields = passwd.match(/^nobody:[^:]*:(-?\d+):(-?\d+):/m)
  return fields === null ? FALLBACK : { uid: Number(fields[1]) >>> 0, gid: Number(fields[2]) >>> 0 }
}

/**
 * Undefined when we are an ordinary user: then PostgreSQL runs as we do. For root it is whoever owns the data already,
 * so that a folder made by an ordinary user stays theirs, and `nobody` otherwise.
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

/** Whether the user may enter the folder and every folder above it. */
export const canReach = async (folder: string, user: ServerUser | undefined): Promise<boolean> => {
  if (user === undefined) return true
  for (let current = folder; ; current = dirname(current)) {
    if (!(await mayEnter(current, user))) return false
    if (current === dirname(current)) return true
  }
}

/** Hands the folder with all that is in it to the user. */
export const handOver = async (folder: string, { gid, uid }: ServerUser): Promise<void> => {
  await lchown(folder, uid, gid)
  for (const name of await readdir(folder, { recursive: true })) await lchown(join(folder, name), uid, gid)
}

/** Lets everybody read the folder with all that is in it, whatever the umask was. */
export const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}
