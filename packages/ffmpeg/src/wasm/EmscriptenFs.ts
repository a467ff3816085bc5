/** The part of Emscripten's file system layer that the two custom file systems use. */
export interface EmscriptenFs {
  readonly filesystems: Record<string, FileSystemType>
  readonly ErrnoError: new (errno: number) => Error
  readonly createNode: (parent: FsNode | null, name: string, mode: number) => FsNode
  readonly isDir: (mode: number) => boolean
}

export interface FsNode {
  name: string
  readonly id: number
  readonly parent: FsNode
  readonly mount: { readonly opts: unknown }
  readonly mode: number
  node_ops: NodeOperations
  stream_ops: StreamOperations
}

export interface FsStream {
  readonly node: FsNode
  readonly flags: number
  readonly position: number
  /** The open file on the host. */
  hostFd?: number
}

export interface NodeOperations {
  readonly getattr: (node: FsNode) => object
  readonly setattr?: (node: FsNode, attributes: { readonly size?: number }) => void
  readonly lookup: (parent: FsNode, name: string) => FsNode
  readonly mknod?: (parent: FsNode, name: string, mode: number) => FsNode
  readonly rename?: (node: FsNode, parent: FsNode, name: string) => void
  readonly unlink?: (parent: FsNode, name: string) => void
  readonly readdir: (node: FsNode) => Array<string>
}

export interface StreamOperations {
  readonly open?: (stream: FsStream) => void
  readonly close?: (stream: FsStream) => void
  readonly read?: (stream: FsStream, buffer: Int8Array, offset: number, length: number, position: number) => number
  readonly write?: (stream: FsStream, buffer: Int8Array, offset: number, length: number, position: number) => number
  readonly llseek?: (stream: FsStream, offset: number, whence: number) => number
}

export interface FileSystemType {
  readonly mount: (mount: { readonly opts: unknown }) => FsNode
}
