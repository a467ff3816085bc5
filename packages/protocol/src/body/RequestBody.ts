import type { ConnectorConfig } from "@runner-connector/core"
import { Effect, Option } from "effect"
import * as HeaderValue from "../http/HeaderValue.ts"
import { MalformedBody, UnsupportedBody } from "../http/ProtocolErrors.ts"
import type { BodySource, ReadError } from "./BodySource.ts"
import * as FormBody from "./FormBody.ts"
import type { Fields } from "./FormFields.ts"
import type { FormError } from "./FormParts.ts"
import * as JsonBody from "./JsonBody.ts"
import * as MultipartParser from "./MultipartParser.ts"
import type { Spool, SpoolFolder } from "./Spool.ts"

/** Limits of a body, and the folder for its files. */
export interface Options<E> {
  readonly config: Pick<ConnectorConfig.ConnectorSettings, "maxJsonSize" | "maxFileSize">
  readonly spool: Spool
  readonly folder: SpoolFolder
  readonly files: FormBody.FormRules<E>["files"]
  readonly mayUpload: FormBody.FormRules<E>["mayUpload"]
}

const json = /^application\/(?:[\w.+-]+\+)?json$/

const isCompressed = (request: Request): boolean =>
  (request.headers.get("content-encoding") ?? "identity").toLowerCase() !== "identity"

/** Accepts a body without a content type if it is empty. */
const nothing = (source: BodySource): Effect.Effect<object, ReadError | UnsupportedBody> =>
  Effect.filterOrFail(source.next, Option.isNone, () => new UnsupportedBody()).pipe(Effect.as({}))

const form = <E>(
  source: BodySource,
  { parameters }: HeaderValue.HeaderValue,
  { config, files, folder, mayUpload, spool }: Options<E>
): Effect.Effect<Fields, FormError | E> =>
  Option.match(MultipartParser.make(parameters.get("boundary") ?? ""), {
    onNone: () => new MalformedBody({ reason: "The content type of the form has no valid boundary" }),
    onSome: (parser) =>
      FormBody.receive(parser, source, {
        spool,
        folder,
        rules: { files, mayUpload, maxFileSize: config.maxFileSize }
      })
  })

/** Receives the members of a body. Every endpoint accepts JSON and forms, because runners send either. */
export const receive = <E>(
  source: BodySource,
  request: Request,
  options: Options<E>
): Effect.Effect<object, FormError | UnsupportedBody | E> => {
  const header = request.headers.get("content-type")
  if (isCompressed(request)) return new UnsupportedBody()
  if (header === null) return nothing(source)
  return Option.match(HeaderValue.parse(header), {
    onNone: (): Effect.Effect<object, FormError | UnsupportedBody | E> => new UnsupportedBody(),
    onSome: (type) => {
      if (json.test(type.value)) return JsonBody.receive(source, options.config.maxJsonSize)
      if (type.value === "multipart/form-data") return form(source, type, options)
      return new UnsupportedBody()
    }
  })
}
