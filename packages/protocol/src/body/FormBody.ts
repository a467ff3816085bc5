import { Effect, Either, Option } from "effect"
import { BodyTooLarge, MalformedBody } from "../http/ProtocolErrors.ts"
import type { BodySource } from "./BodySource.ts"
import * as FormFields from "./FormFields.ts"
import { type FormError, ignored, type OpenPart, openField, openFile } from "./FormParts.ts"
import type { MultipartParser, PartHead } from "./MultipartParser.ts"
import type { Spool, SpoolFolder } from "./Spool.ts"

/** The limits of a form. */
export interface FormRules<E> {
  /** The names of the file parts that are accepted. */
  readonly files: ReadonlySet<string>
  /** The largest file in bytes. */
  readonly maxFileSize: number
  /**
   * Called before each file until it returns true, with the fields so far. True: the fields authenticate the sender.
   * False: they do not tell, and the form is rejected before a byte of the file is stored.
   */
  readonly mayUpload: (fields: FormFields.Fields) => Effect.Effect<boolean, E>
}

const MAX_FIELDS = 100
const MAX_FIELD_BYTES = 1024 ** 2
const MAX_FILES = 10

const malformed = (reason: string) => new MalformedBody({ reason })

/**
 * Receives the fields and files of a form as one object: `payload[videoFile]` is `payload.videoFile`, files are
 * `UploadedFile`s in the folder. Bytes are written while the next ones arrive, so memory holds two buffers a file.
 */
export const receive = <E>(
  parser: MultipartParser,
  source: BodySource,
  options: { readonly spool: Spool; readonly folder: SpoolFolder; readonly rules: FormRules<E> }
): Effect.Effect<FormFields.Fields, FormError | E> =>
  Effect.gen(function* () {
    const fields = FormFields.empty()
    const open = makeOpen(fields, source, options)
    let part: OpenPart = ignored
    while (true) {
      const chunk = yield* source.next
      if (Option.isNone(chunk)) break
      for (const event of yield* Either.mapLeft(parser.push(chunk.value), malformed)) {
        if (event._tag === "Begin") {
          part = yield* open(event.head)
          continue
        }
        const step = event._tag === "Bytes" ? part.write(event.bytes) : part.end()
        if (step !== undefined) yield* step
      }
    }
    return parser.isClosed() ? fields : yield* malformed("The form breaks off")
  })

/** Returns a function that adds sizes and returns an error beyond the limit. */
const limitTo = (limit: number, what: string) => {
  let size = 0
  return (added: number): BodyTooLarge | undefined => {
    size += added
    return size > limit ? new BodyTooLarge({ what, limit }) : undefined
  }
}

/** Names the field, and those that take files. Both texts are cut, because a client chooses the name. */
const unexpectedFile = (name: string, files: ReadonlySet<string>) => {
  const known = Array.from(files).slice(0, 10).join(", ")
  return malformed(
    `The form has a file in the field ${JSON.stringify(name.slice(0, 50))}. ${known === "" ? "No field takes a file" : `Fields that take a file: ${known}`}`
  )
}

/** Opens one part after the other, within the rules. */
const makeOpen = <E>(
  fields: FormFields.Fields,
  source: BodySource,
  { rules, ...place }: { readonly spool: Spool; readonly folder: SpoolFolder; readonly rules: FormRules<E> }
) => {
  const admitField = limitTo(MAX_FIELD_BYTES, "The fields of the form")
  let fieldCount = 0
  let fileCount = 0
  let isAuthenticated = false

  const authenticate = Effect.gen(function* () {
    if (isAuthenticated) return
    if (!(yield* rules.mayUpload(fields))) {
      return yield* malformed("The form has a file before the fields that authenticate its sender")
    }
    isAuthenticated = true
    yield* source.authenticate
  })

  const startFile = (head: PartHead): Effect.Effect<OpenPart, FormError | E> =>
    Effect.zipRight(authenticate, openFile(fields, head, { ...place, admit: limitTo(rules.maxFileSize, "A file") }))

  return (head: PartHead): Effect.Effect<OpenPart, FormError | E> => {
    if (Option.isNone(head.filename)) {
      fieldCount += 1
      if (fieldCount > MAX_FIELDS) return malformed(`The form has more than ${MAX_FIELDS} fields`)
      return openField(fields, head, admitField)
    }
    fileCount += 1
    if (fileCount > MAX_FILES) return malformed(`The form has more than ${MAX_FILES} files`)
    if (head.filename.value === "") return Effect.succeed(ignored)
    return rules.files.has(head.name) ? startFile(head) : unexpectedFile(head.name, rules.files)
  }
}
