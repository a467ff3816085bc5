import type { Readable } from "node:stream"
import { copyBytes, type FileKey, type FileStorage } from "@runner-connector/core"
import { freeBytes, ProtocolErrors } from "@runner-connector/protocol"
import { DataStore, ERRORS, Upload } from "@tus/server"
import { type Effect, Option } from "effect"
import { keyOf, type Note, type PieceNotes } from "./PieceNotes.ts"
import type { Pieces } from "./Pieces.ts"
import { Refused } from "./Refused.ts"

/** Runs a call of the storage. */
export type Run = <A>(effect: Effect.Effect<A, FileStorage.FileStorageError>) => Promise<A>

/** Requests of one process that may be received at once, because each holds a piece in memory. */
export const MAX_RECEIVING = 32

/** Collects bytes of a request and stores each full piece. */
class PieceWriter {
  private readonly pieces: Pieces
  private readonly run: Run
  private readonly key: FileKey.FileKey
  private index = 0
  private filled = 0
  private isChanged = false
  private parts: Array<Uint8Array> = []

  constructor(pieces: Pieces, run: Run, key: FileKey.FileKey) {
    this.pieces = pieces
    this.run = run
    this.key = key
  }

  /** Goes on in the piece to which the offset belongs. */
  async begin(offset: number): Promise<void> {
    this.index = Math.floor(offset / this.pieces.size)
    this.filled = offset % this.pieces.size
    this.parts = [await this.run(this.pieces.begin(this.key, this.index, this.filled))]
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      const part = copyBytes(bytes.subarray(taken, taken + this.pieces.size - this.filled))
      this.parts.push(part)
      this.filled += part.length
      taken += part.length
      this.isChanged = true
      if (this.filled === this.pieces.size) await this.flush()
    }
    freeBytes(bytes)
  }

  /** Stores the piece, also a short one. Returns how many bytes the upload has. */
  async flush(): Promise<number> {
    if (this.isChanged) await this.run(this.pieces.write(this.key, this.index, this.parts))
    this.isChanged = false
    const stored = this.index * this.pieces.size + this.filled
    if (this.filled === this.pieces.size) {
      this.index += 1
      this.filled = 0
      this.parts = []
    }
    return stored
  }
}

/** Stores uploads of the tus server as pieces. */
export class PieceStore extends DataStore {
  private readonly pieces: Pieces
  private readonly notes: PieceNotes
  private readonly run: Run
  private receiving = 0

  constructor(pieces: Pieces, notes: PieceNotes, run: Run) {
    super()
    this.pieces = pieces
    this.notes = notes
    this.run = run
    this.extensions = ["creation", "creation-with-upload", "creation-defer-length", "termination", "expiration"]
  }

  private async noteOf(id: string): Promise<Note> {
    const note = await this.run(this.notes.find(id))
    if (Option.isNone(note)) throw ERRORS.FILE_NOT_FOUND
    return note.value
  }

  override async create(upload: Upload): Promise<Upload> {
    await this.run(this.notes.save(upload.id, { size: upload.size, metadata: upload.metadata }))
    return upload
  }

  override async getUpload(id: string): Promise<Upload> {
    const { metadata, size } = await this.noteOf(id)
    const offset = await this.run(this.pieces.received(keyOf(id)))
    return new Upload({
      id,
      offset,
      ...(size === undefined ? {} : { size }),
      ...(metadata === undefined ? {} : { metadata: { ...metadata } })
    })
  }

  /** Stores what arrives before the connection is lost, too. Refuses requests beyond the limit of the process. */
  override async write(source: Readable, id: string, offset: number): Promise<number> {
    if (this.receiving >= MAX_RECEIVING) throw new Refused({ error: new ProtocolErrors.TooManyUploads() })
    this.receiving += 1
    try {
      return await this.receive(source, id, offset)
    } finally {
      this.receiving -= 1
    }
  }

  private async receive(source: Readable, id: string, offset: number): Promise<number> {
    const writer = new PieceWriter(this.pieces, this.run, keyOf(id))
    await writer.begin(offset)
    try {
      for await (const bytes of source) await writer.add(bytes as Uint8Array)
    } finally {
      await writer.flush()
    }
    return writer.flush()
  }

  override async declareUploadLength(id: string, size: number): Promise<void> {
    await this.run(this.notes.save(id, { ...(await this.noteOf(id)), size }))
  }

  override async remove(id: string): Promise<void> {
    await this.noteOf(id)
    await this.run(this.pieces.removeAll(keyOf(id)))
  }
}
