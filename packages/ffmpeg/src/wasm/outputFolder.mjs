import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { attributes, FILE_MODE, FOLDER_MODE, onHost, refuse, seek } from "./host.mjs"

/** @import { EmscriptenFs, FileSystemType, FsNode, FsStream, NodeOperations, StreamOperations } from "./EmscriptenFs.ts" */

/** The values of O_ACCMODE and O_RDONLY in the C library. */
const ACCESS = 3
const READ_ONLY = 0

/** The file mode of new files on the host. */
const OWNER_ONLY = 0o600

/**
 * A folder of the host. Its path is set when it is mounted.
 * @typedef {object} HostFolder
 * @property {string} folder
 * @property {(name: string) => string} path
 * @property {(node: FsNode) => number} sizeOf
 */

/** @type {(fs: EmscriptenFs) => HostFolder} */
const makeHostFolder = (fs) => ({
  folder: "",
  path(name) {
    return join(this.folder, name)
  },
  sizeOf(node) {
    return fs.isDir(node.mode) ? 4096 : statSync(this.path(node.name)).size
  }
})

/** @type {(fs: EmscriptenFs, host: HostFolder, createNode: (parent: FsNode, name: string) => FsNode) => NodeOperations} */
const nodeOperationsOf = (fs, host, createNode) => ({
  getattr: (node) =>
    attributes(
      node,
      onHost(fs, () => host.sizeOf(node)),
      Date.now()
    ),
  setattr: (node, { size }) => {
    if (size !== undefined) onHost(fs, () => truncateSync(host.path(node.name), size))
  },
  lookup: (parent, name) => {
    onHost(fs, () => statSync(host.path(name)))
    return createNode(parent, name)
  },
  mknod: (parent, name, mode) => {
    if (fs.isDir(mode)) return refuse(fs, "EPERM")
    onHost(fs, () => closeSync(openSync(host.path(name), "w", OWNER_ONLY)))
    return createNode(parent, name)
  },
  rename: (node, _parent, name) => {
    onHost(fs, () => renameSync(host.path(node.name), host.path(name)))
    node.name = name
  },
  unlink: (_parent, name) => onHost(fs, () => unlinkSync(host.path(name))),
  readdir: () => [".", "..", ...onHost(fs, () => readdirSync(host.folder))]
})

/** @type {(fs: EmscriptenFs, host: HostFolder) => StreamOperations} */
const streamOperationsOf = (fs, host) => {
  /** @type {(stream: FsStream) => number} */
  const fdOf = (stream) => stream.hostFd ?? refuse(fs, "EIO")
  return {
    open: (stream) => {
      const flags = (stream.flags & ACCESS) === READ_ONLY ? "r" : "r+"
      stream.hostFd = onHost(fs, () => openSync(host.path(stream.node.name), flags))
    },
    close: (stream) => onHost(fs, () => closeSync(fdOf(stream))),
    read: (stream, buffer, offset, length, position) =>
      onHost(fs, () => readSync(fdOf(stream), buffer, offset, length, position)),
    write: (stream, buffer, offset, length, position) =>
      onHost(fs, () => writeSync(fdOf(stream), buffer, offset, length, position)),
    llseek: (stream, offset, whence) =>
      seek(fs, stream.position, whence === 2 ? onHost(fs, () => host.sizeOf(stream.node)) : 0, offset, whence)
  }
}

/**
 * Mounts a real folder, without subfolders, as FFmpeg's output folder. Writes go directly to disk, so memory does not
 * grow with the output.
 * @param {EmscriptenFs} fs
 * @returns {FileSystemType}
 */
export const makeOutputFolder = (fs) => {
  const host = makeHostFolder(fs)
  const streamOperations = streamOperationsOf(fs, host)
  /** @type {(parent: FsNode | null, name: string, mode?: number) => FsNode} */
  const createNode = (parent, name, mode = FILE_MODE) =>
    Object.assign(fs.createNode(parent, name, mode), { node_ops: nodeOperations, stream_ops: streamOperations })
  const nodeOperations = nodeOperationsOf(fs, host, createNode)

  return {
    mount: ({ opts }) => {
      host.folder = /** @type {{ folder: string }} */ (opts).folder
      return createNode(null, "/", FOLDER_MODE)
    }
  }
}
