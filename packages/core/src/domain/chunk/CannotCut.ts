import { Schema } from "effect"

const sentences = {
  tooShort: "The video is too short to gain from chunks.",
  codec: "Its codec is not one of those whose cut points are known.",
  noCutPoints: "It has no keyframes, or too few, behind which nothing refers to earlier pictures.",
  timestamps: "Its pictures have missing, repeated or jumping timestamps.",
  hiddenPictures: "An edit list hides some of its pictures.",
  apart: "Its picture and its audio do not begin together.",
  begin: "It does not begin with a complete picture.",
  container: "Its track cannot be copied into an MP4 file.",
  counts: "The number of pictures in the chunks differs from that in the file.",
  failed: "The server failed to cut it.",
  noCutter: "The server has no FFmpeg that can cut it."
} as const

export type Reason = keyof typeof sentences

const reasons = Object.keys(sentences) as ReadonlyArray<Reason> as readonly [Reason, ...ReadonlyArray<Reason>]

/**
 * A source cannot be cut without loss, or cutting gains nothing. It is transcoded whole. A second attempt fails as
 * well.
 */
export class CannotCut extends Schema.TaggedError<CannotCut>()("CannotCut", {
  reason: Schema.Literal(...reasons)
}) {
  override get message(): string {
    return `The video is not cut into chunks. ${sentences[this.reason]}`
  }
}
