import { fstatSync, openSync, readSync } from "node:fs"
import { attributes, FILE_MODE, FOLDER_MODE, refuse, seek } from "./host.mjs"

/** @import { EmscriptenFs, FileSystemType, FsNode } from "./EmscriptenFs.ts" */
/** @import { WorkerInput } from "./WorkerTask.ts" */

/**
 * @typedef {object} InputFile
 * @property {string} name
 * @property {number} size
 * @property {(target: Int8Array, position: number) => number} read
 */

/**
 * Files stay open as long as the worker lives; Node closes them with it.
 * @param {WorkerInput} input
 * @param {(input: { remote: number, size: number }, target: Int8Array, position: number) => number} readRemote
 * @returns {InputFile}
 */
const open = (input, readRemote) => {
  if (!("path" in input)) {
    return { name: input.name, size: input.size, read: (target, position) => readRemote(input, target, position) }
  }
  const fd = openSync(input.path, "r")
  const { size } = fstatSync(fd)
  return { name: input.name, size, read: (target, position) => readSync(fd, target, 0, target.length, position) }
}

/**
 * A folder of input files, for reading only. Only the bytes that FFmpeg asks for are read, straight into its memory.
 * @param {EmscriptenFs} fs
 * @param {(input: { remote: number, size: number }, target: Int8Array, position: number) => number} readRemote
 * @param {(cause: unknown) => void} onBroken hears why an input could not be read
 * @returns {FileSystemType}
 */
export const makeInputFiles = (fs, readRemote, onBroken) => {
  /** @type {Map<FsNode, InputFile>} */
  const files = new Map()
  /** @type {(node: FsNode) => number} */
  const sizeOf = (node) => files.get(node)?.size ?? 0

  const nodeOperations = {
    /** @param {FsNode} node */
    getattr: (node) => attributes(node, sizeOf(node), 0),
    lookup: () => refuse(fs, "ENOENT"),
    readdir: () => [".", "..", ...[...files.values()].map(({ name }) => name)]
  }

  /** @type {import("./EmscriptenFs.ts").StreamOperations} */
  const streamOperations = {
    read: (stream, buffer, offset, length, position) => {
      try {
        return files.get(stream.node)?.read(buffer.subarray(offset, offset + length), position) ?? 0
      } catch (cause) {
        onBroken(cause)
        return refuse(fs, "EIO")
      }
    },
    write: () => refuse(fs, "EROFS"),
    llseek: (stream, offset, whence) => seek(fs, stream.position, sizeOf(stream.node), offset, whence)
  }

  /** @type {(parent: FsNode | null, name: string, mode: number) => FsNode} */
  const createNode = (parent, name, mode) =>
    Object.assign(fs.createNode(parent, name, mode), { node_ops: nodeOperations, stream_ops: streamOperations })

  return {
    mount: ({ opts }) => {
      const root = createNode(null, "/", FOLDER_MODE)
      for (const input of /** @type {{ inputs: ReadonlyArray<WorkerInput> }} */ (opts).inputs) {
        files.set(createNode(root, input.name, FILE_MODE), open(input, readRemote))
      }
      return root
    }
  }
}
