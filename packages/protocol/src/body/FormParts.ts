import { copyBytes, joinBytes } from "@runner-connector/core"
import { Effect, Either, Option } from "effect"
import { BodyTooLarge, MalformedBody, type SpoolError } from "../http/ProtocolErrors.ts"
import type { ReadError } from "./BodySource.ts"
import { decodeText } from "./decodeText.ts"
import * as FormFields from "./FormFields.ts"
import type { PartHead } from "./MultipartParser.ts"
import type { Spool, SpoolFolder } from "./Spool.ts"
import { spooledFile } from "./spooledFile.ts"

/** The errors of receiving a form. */
export type FormError = ReadError | BodyTooLarge | SpoolError

/** Undefined: done. Fields are in memory, so that nothing waits for them. */
export type Step = Effect.Effect<void, FormError> | undefined

/** A part of a form that is being received. */
export interface OpenPart {
  /** The bytes are valid until the step has ended. */
  readonly write: (bytes: Uint8Array) => Step
  /** Puts the value at the place of its name. */
  readonly end: () => Step
}

const MAX_FIELD_SIZE = 64 * 1024

/** Returns the place of the part's value, or an error if its name is malformed or taken. */
const placeFor = (fields: FormFields.Fields, { name }: PartHead) =>
  Either.mapLeft(FormFields.place(fields, name), (reason) => new MalformedBody({ reason }))

/** Discards a part. Browsers send a file without a name for a file input that was left empty. */
export const ignored: OpenPart = { write: () => undefined, end: () => undefined }

/** Called with the size of each piece before it is stored. An error rejects it. */
type Admit = (size: number) => BodyTooLarge | undefined

/** Opens a part that is kept in memory as text. */
export const openField = (
  fields: FormFields.Fields,
  head: PartHead,
  admit: Admit
): Either.Either<OpenPart, MalformedBody> =>
  Either.map(placeFor(fields, head), (put) => {
    const pieces: Array<Uint8Array> = []
    let size = 0
    return {
      write: (bytes) => {
        size += bytes.length
        if (size > MAX_FIELD_SIZE) return new BodyTooLarge({ what: "A field of the form", limit: MAX_FIELD_SIZE })
        pieces.push(copyBytes(bytes))
        return admit(bytes.length)
      },
      end: () => {
        const text = decodeText(joinBytes(pieces))
        if (text === undefined) return new MalformedBody({ reason: "A field of the form is not UTF-8" })
        put(text)
        return undefined
      }
    }
  })

const mediaType = /^[\w.+-]+\/[\w.+-]+$/

const contentTypeOf = ({ contentType }: PartHead): string =>
  contentType.pipe(
    Option.map((text) => (text.split(";")[0] ?? "").trim().toLowerCase()),
    Option.filter((text) => text.length <= 100 && mediaType.test(text)),
    Option.getOrElse(() => "application/octet-stream")
  )

/** Opens a part that is written to a file of the folder, each piece while the next one is read. */
export const openFile = (
  fields: FormFields.Fields,
  head: PartHead,
  options: {
    readonly spool: Spool
    readonly folder: SpoolFolder
    readonly admit: Admit
  }
): Effect.Effect<OpenPart, FormError> =>
  Effect.gen(function* () {
    const { admit, folder, spool } = options
    const put = yield* placeFor(fields, head)
    const { behind, path } = yield* folder.receive
    let size = 0
    return {
      write: (bytes) => {
        size += bytes.length
        return admit(bytes.length) ?? behind.write(bytes)
      },
      end: () =>
        Effect.map(behind.end, () => {
          const filename = Option.getOrUndefined(head.filename)
          put(spooledFile(spool, { path, filename, contentType: contentTypeOf(head), size }))
        })
    }
  })
