import { Effect, Either, Option, type Scope } from "effect"
import { BodyTooLarge, MalformedBody } from "../http/ProtocolErrors.ts"
import type { BodySource } from "./BodySource.ts"
import * as FormFields from "./FormFields.ts"
import { type FormError, ignored, type OpenPart, openField, openFile } from "./FormParts.ts"
import type { MultipartParser, PartHead } from "./MultipartParser.ts"
import type { Spool, SpoolFolder } from "./Spool.ts"

/** What a form may hold. */
export interface FormRules<E> {
  /** The file parts that are taken, by the names of their parts. */
  readonly files: ReadonlySet<string>
  /** Bytes of one file. */
  readonly maxFileSize: number
  /**
   * Asked before a file is received, with the fields that came before it: true when they prove that their sender may
   * send it, false when they do not tell who it is. Of a sender that does not tell little is received.
   */
  readonly mayUpload: (fields: FormFields.Fields) => Effect.Effect<boolean, E>
}

const MAX_FIELDS = 100
const MAX_FILES = 10
/** What a stranger may leave on the disk until the form ends without telling who sends it; real runners tell first. */
const MAX_UNPROVEN = 64 * 1024 ** 2

const malformed = (reason: string) => new MalformedBody({ reason })

/**
 * The fields and files of a form as one object: `payload[videoFile]` is `payload.videoFile`, files are `UploadedFile`s
 * in the folder. The sender waits for the disk, so memory holds one piece at a time.
 */
export const receive = <E>(
  parser: MultipartParser,
  source: BodySource,
  options: { readonly spool: Spool; readonly folder: SpoolFolder; readonly rules: FormRules<E> }
): Effect.Effect<FormFields.Fields, FormError | E> =>
  Effect.gen(function* () {
    const fields = FormFields.empty()
    const open = makeOpen(fields, options)
    let part: OpenPart = ignored
    while (true) {
      const chunk = yield* source.next
      if (Option.isNone(chunk)) break
      for (const event of yield* Either.mapLeft(parser.push(chunk.value), malformed)) {
        if (event._tag === "Begin") part = yield* open(event.head)
        else if (event._tag === "Bytes") yield* part.write(event.bytes)
        else yield* part.end
      }
    }
    return parser.isClosed() ? fields : yield* malformed("The form breaks off")
  }).pipe(Effect.scoped)

/** Opens one part after the other, within the rules. */
const makeOpen = <E>(
  fields: FormFields.Fields,
  { rules, ...place }: { readonly spool: Spool; readonly folder: SpoolFolder; readonly rules: FormRules<E> }
) => {
  let fieldCount = 0
  let fileCount = 0
  let isProven = false
  let unproven = 0

  const admitFile = () => {
    let size = 0
    return (added: number): Effect.Effect<void, BodyTooLarge> => {
      size += added
      if (!isProven) unproven += added
      if (size > rules.maxFileSize) return new BodyTooLarge({ what: "A file", limit: rules.maxFileSize })
      if (unproven > MAX_UNPROVEN)
        return new BodyTooLarge({ what: "What comes before the tokens", limit: MAX_UNPROVEN })
      return Effect.void
    }
  }

  return (head: PartHead): Effect.Effect<OpenPart, FormError | E, Scope.Scope> =>
    Effect.gen(function* () {
      if (Option.isNone(head.filename)) {
        fieldCount += 1
        if (fieldCount > MAX_FIELDS) return yield* malformed(`The form has more than ${MAX_FIELDS} fields`)
        return yield* openField(fields, head)
      }
      fileCount += 1
      if (fileCount > MAX_FILES) return yield* malformed(`The form has more than ${MAX_FILES} files`)
      if (head.filename.value === "") return ignored
      if (!rules.files.has(head.name)) return yield* malformed("The form has a file that is not asked for")
      isProven = isProven || (yield* rules.mayUpload(fields))
      return yield* openFile(fields, head, { ...place, admit: admitFile() })
    })
}
