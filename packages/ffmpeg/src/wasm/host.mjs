/** @import { EmscriptenFs, FsNode } from "./EmscriptenFs.ts" */

/** Type and rights of a folder and of a file, as `stat` gives them. */
export const FOLDER_MODE = 0o40777
export const FILE_MODE = 0o100666

/**
 * Error numbers of the C library that ffmpeg.wasm is built with; they are not those of the host.
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
 * Fails as the C library does.
 * @param {EmscriptenFs} fs
 * @param {string} code
 * @returns {never}
 */
export const refuse = (fs, code) => {
  throw new fs.ErrnoError(errnos[code] ?? errnos.EIO ?? 29)
}

/**
 * Does something with a real file; its error becomes one that FFmpeg understands.
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
 * The answer of `stat`.
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
 * Where a seek leads.
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
