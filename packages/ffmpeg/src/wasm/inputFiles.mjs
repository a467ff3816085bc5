import { fstatSync, openSync, readSync } from "node:fs"
import { attributes, FILE_MODE, FOLDER_MODE, refuse, seek } from "./host.mjs"

/** @import { EmscriptenFs, FileSystemType, FsNode } from "./EmscriptenFs.ts" */
/** @import { ThreadInput } from "./WasmTask.ts" */

/**
 * @typedef {object} InputFile
 * @property {string} name
 * @property {number} size
 * @property {(target: Int8Array, position: number) => number} read
 */

/**
 * Opens an input. The file stays open until the process ends, when the system closes it.
 * @param {ThreadInput} input
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
 * @param {EmscriptenFs} fs
 * @param {ReadonlyMap<FsNode, InputFile>} files
 * @param {(cause: unknown) => void} onBroken
 * @returns {import("./EmscriptenFs.ts").StreamOperations}
 */
const streamOperationsOf = (fs, files, onBroken) => ({
  read: (stream, buffer, offset, length, position) => {
    try {
      return files.get(stream.node)?.read(buffer.subarray(offset, offset + length), position) ?? 0
    } catch (cause) {
      onBroken(cause)
      return refuse(fs, "EIO")
    }
  },
  write: () => refuse(fs, "EROFS"),
  llseek: (stream, offset, whence) => seek(fs, stream.position, files.get(stream.node)?.size ?? 0, offset, whence)
})

/**
 * Creates a read-only folder of input files. Reads only the requested bytes, directly into FFmpeg's memory.
 * @param {EmscriptenFs} fs
 * @param {(input: { remote: number, size: number }, target: Int8Array, position: number) => number} readRemote
 * @param {(cause: unknown) => void} onBroken receives the reason when an input cannot be read
 * @returns {FileSystemType}
 */
export const makeInputFiles = (fs, readRemote, onBroken) => {
  /** @type {Map<FsNode, InputFile>} */
  const files = new Map()
  const streamOperations = streamOperationsOf(fs, files, onBroken)

  const nodeOperations = {
    /** @param {FsNode} node */
    getattr: (node) => attributes(node, files.get(node)?.size ?? 0, 0),
    lookup: () => refuse(fs, "ENOENT"),
    readdir: () => [".", "..", ...[...files.values()].map(({ name }) => name)]
  }

  /** @type {(parent: FsNode | null, name: string, mode: number) => FsNode} */
  const createNode = (parent, name, mode) =>
    Object.assign(fs.createNode(parent, name, mode), { node_ops: nodeOperations, stream_ops: streamOperations })

  return {
    mount: ({ opts }) => {
      const root = createNode(null, "/", FOLDER_MODE)
      for (const input of /** @type {{ inputs: ReadonlyArray<ThreadInput> }} */ (opts).inputs) {
        files.set(createNode(root, input.name, FILE_MODE), open(input, readRemote))
      }
      return root
    }
  }
}
