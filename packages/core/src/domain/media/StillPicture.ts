import { Either, Option, Schema } from "effect"
import { pictureStream } from "./MediaFacts.ts"
import type { ProbeReport } from "./ProbeReport.ts"

/** The file is not a usable picture. The message is for the person who uploaded it. */
export class NotPicture extends Schema.TaggedError<NotPicture>()("NotPicture", { message: Schema.String }) {}

/** A picture that every browser and every runner can show. */
export interface StillPicture {
  readonly extension: "jpg" | "png"
  readonly contentType: string
}

const kinds: ReadonlyMap<string | undefined, StillPicture> = new Map([
  ["mjpeg", { extension: "jpg", contentType: "image/jpeg" }],
  ["png", { extension: "png", contentType: "image/png" }]
])

/** Encoders halve the resolution of colours, so a single row or column would have none. */
const MIN_SIDE = 2

/** The kind of picture in a file, by its content. */
export const pictureOf = (report: ProbeReport): Either.Either<StillPicture, NotPicture> => {
  const refused = (message: string) => Either.left(new NotPicture({ message }))
  const stream = Option.getOrUndefined(pictureStream(report))
  const kind = kinds.get(stream?.codec_name)
  if (stream === undefined || kind === undefined) return refused("The picture is neither a JPEG nor a PNG file.")
  return Math.min(stream.width ?? 0, stream.height ?? 0) < MIN_SIDE
    ? refused("The picture is too small to be seen.")
    : Either.right(kind)
}
