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

/** O_ACCMODE and O_RDONLY of the C library. */
const ACCESS = 3
const READ_ONLY = 0

/** The mode of a new file on the host. */
const OWNER_ONLY = 0o600

/**
 * A real folder as FFmpeg's output folder, without folders inside. What FFmpeg writes goes straight to disk, so that
 * memory does not grow with the output.
 * @param {EmscriptenFs} fs
 * @returns {FileSystemType}
 */
export const makeOutputFolder = (fs) => {
  let folder = ""
  /** @type {(name: string) => string} */
  const path = (name) => join(folder, name)
  /** @type {(node: FsNode) => number} */
  const sizeOf = (node) => (fs.isDir(node.mode) ? 4096 : statSync(path(node.name)).size)
  /** @type {(stream: FsStream) => number} */
  const fdOf = (stream) => stream.hostFd ?? refuse(fs, "EIO")

  /** @type {NodeOperations} */
  const nodeOperations = {
    getattr: (node) =>
      attributes(
        node,
        onHost(fs, () => sizeOf(node)),
        Date.now()
      ),
    setattr: (node, { size }) => {
      if (size !== undefined) onHost(fs, () => truncateSync(path(node.name), size))
    },
    lookup: (parent, name) => {
      onHost(fs, () => statSync(path(name)))
      return createNode(parent, name, FILE_MODE)
    },
    mknod: (parent, name, mode) => {
      if (fs.isDir(mode)) return refuse(fs, "EPERM")
      onHost(fs, () => closeSync(openSync(path(name), "w", OWNER_ONLY)))
      return createNode(parent, name, FILE_MODE)
    },
    rename: (node, _parent, name) => {
      onHost(fs, () => renameSync(path(node.name), path(name)))
      node.name = name
    },
    unlink: (_parent, name) => onHost(fs, () => unlinkSync(path(name))),
    readdir: () => [".", "..", ...onHost(fs, () => readdirSync(folder))]
  }

  /** @type {StreamOperations} */
  const streamOperations = {
    open: (stream) => {
      const flags = (stream.flags & ACCESS) === READ_ONLY ? "r" : "r+"
      stream.hostFd = onHost(fs, () => openSync(path(stream.node.name), flags))
    },
    close: (stream) => onHost(fs, () => closeSync(fdOf(stream))),
    read: (stream, buffer, offset, length, position) =>
      onHost(fs, () => readSync(fdOf(stream), buffer, offset, length, position)),
    write: (stream, buffer, offset, length, position) =>
      onHost(fs, () => writeSync(fdOf(stream), buffer, offset, length, position)),
    llseek: (stream, offset, whence) =>
      seek(fs, stream.position, whence === 2 ? onHost(fs, () => sizeOf(stream.node)) : 0, offset, whence)
  }

  /** @type {(parent: FsNode | null, name: string, mode: number) => FsNode} */
  const createNode = (parent, name, mode) =>
    Object.assign(fs.createNode(parent, name, mode), { node_ops: nodeOperations, stream_ops: streamOperations })

  return {
    mount: ({ opts }) => {
      folder = /** @type {{ folder: string }} */ (opts).folder
      return createNode(null, "/", FOLDER_MODE)
    }
  }
}
