/** @import { EmscriptenFs, FsNode } from "./EmscriptenFs.ts" */

/** File type and permissions of a folder and of a file, as `stat` returns them. */
export const FOLDER_MODE = 0o40777
export const FILE_MODE = 0o100666

/**
 * Error numbers of the C library in ffmpeg.wasm. They differ from those of the host.
 * @type {Readonly<Record<string, number>>}
 */
const errnos = {
  EACCES: 2,
  EDQUOT: 19,
  EEXIST: 20,
  EINVAL: 28,
  EIO: 29,
  EMFILE: 33,
  ENOENT: 44,
  ENOSPC: 51,
  EPERM: 63,
  EROFS: 69
}

/**
 * Throws an error of the C library.
 * @param {EmscriptenFs} fs
 * @param {string} code
 * @returns {never}
 */
export const refuse = (fs, code) => {
  throw new fs.ErrnoError(errnos[code] ?? errnos.EIO ?? 29)
}

/**
 * Runs an operation on a real file. Converts its error to one that FFmpeg understands.
 * @template A
 * @param {EmscriptenFs} fs
 * @param {() => A} use
 * @returns {A}
 */
export const onHost = (fs, use) => {
  try {
    return use()
  } catch (cause) {
    return refuse(fs, cause instanceof Error && "code" in cause ? String(cause.code) : "EIO")
  }
}

/**
 * Returns the result of `stat`.
 * @param {FsNode} node
 * @param {number} size
 * @param {number} time
 */
export const attributes = (node, size, time) => ({
  dev: 1,
  ino: node.id,
  mode: node.mode,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size,
  atime: new Date(time),
  mtime: new Date(time),
  ctime: new Date(time),
  blksize: 4096,
  blocks: Math.ceil(size / 4096)
})

/**
 * Returns the target position of a seek.
 * @param {EmscriptenFs} fs
 * @param {number} position
 * @param {number} size
 * @param {number} offset
 * @param {number} whence 0 from the start, 1 from the position, 2 from the end
 */
export const seek = (fs, position, size, offset, whence) => {
  const target = offset + (whence === 1 ? position : whence === 2 ? size : 0)
  return target < 0 ? refuse(fs, "EINVAL") : target
}
