import { describe, expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import * as planFields from "../src/videos/planFields.ts"

const decoders = {
  json: Schema.decodeUnknownEither(Schema.Struct(planFields.inJson)),
  form: Schema.decodeUnknownEither(Schema.Struct(planFields.inForm))
}

const host = { storyboards: true }

describe("the plan that a client gives", () => {
  it("has the lengths of chunks as settings of the video", () => {
    const fields = { graph: "chunked", chunkDuration: 20, chunkMinDuration: 2.5 }
    const request = {
      plan: { storyboard: true, graph: "chunked" },
      settings: { chunkDuration: 20, chunkMinDuration: 2.5 }
    }
    const text = { ...fields, chunkDuration: "20", chunkMinDuration: "2.5" }
    for (const decoded of [decoders.json(fields), decoders.form(text)]) {
      expect(planFields.asRequest(Either.getOrThrow(decoded), host)).toEqual(request)
    }
    expect(planFields.asRequest({}, host)).toEqual({ plan: { storyboard: true }, settings: {} })
  })

  it.each(["chunkDuration", "chunkMinDuration"])("takes %s from a second to an hour", (name) => {
    for (const seconds of [1, 3600]) {
      expect(Either.isRight(decoders.json({ [name]: seconds }))).toBe(true)
      expect(Either.isRight(decoders.form({ [name]: `${seconds}` }))).toBe(true)
    }
    for (const wrong of [0, -1, 0.99, 3600.1, 1e300, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(Either.isLeft(decoders.json({ [name]: wrong })), `${wrong}`).toBe(true)
      expect(Either.isLeft(decoders.form({ [name]: `${wrong}` })), `${wrong}`).toBe(true)
    }
    for (const wrong of ["20", null, [20]]) expect(Either.isLeft(decoders.json({ [name]: wrong }))).toBe(true)
    for (const wrong of ["", " ", "20s", "1,5", "20 20"]) {
      expect(Either.isLeft(decoders.form({ [name]: wrong })), wrong).toBe(true)
    }
  })
})
