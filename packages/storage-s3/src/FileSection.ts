import { createHash } from "node:crypto"
import { type FileHandle, open } from "node:fs/promises"
import { Readable } from "node:stream"
import { Effect, type Scope, Stream } from "effect"
import { FileUnreadable } from "./errors.ts"

/** A section of a local file. */
export interface FileSection {
  readonly path: string
  readonly start: number
  readonly length: number
}

/** Cuts a file into sections of this size. Only the last one may be smaller. */
export const sectionsOf = (path: string, size: number, partSize: number): Stream.Stream<FileSection> =>
  Stream.map(Stream.range(0, Math.ceil(size / partSize) - 1, 1), (index) => ({
    path,
    start: index * partSize,
    length: Math.min(partSize, size - index * partSize)
  }))

const READ_SIZE = 256 * 1024

/** An opened section, with the only buffer through which it is read. */
interface Opened extends FileSection {
  readonly handle: FileHandle
  readonly buffer: Uint8Array
}

/** Reads the section piece by piece. A piece is valid until the next one. Throws when the file has become shorter. */
async function* piecesOf({ buffer, handle, length, start }: Opened): AsyncGenerator<Uint8Array> {
  for (let read = 0; read < length; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, length - read), start + read)
    if (bytesRead === 0) throw new Error(`It has ${start + read} bytes instead of ${start + length}`)
    read += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

const digestOf = async (section: Opened): Promise<string> => {
  const hash = createHash("sha256")
  for await (const piece of piecesOf(section)) hash.update(piece)
  return hash.digest("hex")
}

const send = (to: NodeJS.WritableStream, piece: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => void to.write(piece, (error) => resolve(!error)))

/**
 * The body of a request. Reads the next piece when the last one has been sent, into the same buffer. A file stream would
 * leave a buffer of each piece to the garbage collector, which lets 64 MB of them pile up. Emits errors of the file only:
 * the request reports its own.
 */
class SectionBody extends Readable {
  readonly #section: Opened

  constructor(section: Opened) {
    super({ read: () => undefined })
    this.#section = section
  }

  override pipe<T extends NodeJS.WritableStream>(to: T): T {
    void this.#sendTo(to).catch((error) => this.destroy(error))
    return to
  }

  async #sendTo(to: NodeJS.WritableStream): Promise<void> {
    for await (const piece of piecesOf(this.#section)) if (!(await send(to, piece))) return
    to.end()
  }
}

/** A section that is ready to be sent. */
export interface SectionToSend {
  /** SHA-256 in hexadecimal. */
  readonly hash: string
  /** For one request, by `pipe`. */
  readonly body: Readable
  /** Fails when the file cannot be read while it is sent. Never succeeds. */
  readonly failure: Effect.Effect<never, FileUnreadable>
}

/**
 * Opens a section for one request. It is read twice, for its hash and to be sent, so memory holds only one piece of it. The
 * scope closes the file.
 */
export const openSection = (section: FileSection): Effect.Effect<SectionToSend, FileUnreadable, Scope.Scope> =>
  Effect.gen(function* () {
    const unreadable = (cause: unknown) => new FileUnreadable({ path: section.path, cause })
    const handle = yield* Effect.acquireRelease(
      Effect.tryPromise({ try: () => open(section.path), catch: unreadable }),
      (file) => Effect.ignoreLogged(Effect.tryPromise(() => file.close()))
    )
    const opened = { ...section, handle, buffer: Buffer.allocUnsafeSlow(Math.min(READ_SIZE, section.length)) }
    const hash = yield* Effect.tryPromise({ try: () => digestOf(opened), catch: unreadable })
    const body = new SectionBody(opened)
    const failure = Effect.async<never, FileUnreadable>((resume) => {
      body.on("error", (cause) => resume(unreadable(cause)))
    })
    return { hash, body, failure }
  })
