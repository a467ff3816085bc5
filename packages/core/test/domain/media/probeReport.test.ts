import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FastCheck, Schema } from "effect"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"

const decode = Schema.decodeUnknownSync(ProbeReport)

describe("ProbeReport", () => {
  it("reads what it knows and ignores the rest", () => {
    const report = decode({
      programs: [],
      format: { filename: "/a", format_name: "mov", duration: "2.0", size: "12", nb_streams: 1 },
      streams: [{ index: 0, codec_type: "video", width: 320, color_range: "tv", tags: { language: "und" } }]
    })
    deepStrictEqual(report, {
      format: { format_name: "mov", duration: "2.0", size: "12" },
      streams: [{ index: 0, codec_type: "video", width: 320, tags: { language: "und" } }]
    })
  })

  it("reads numbers that are text, and text that is a number", () => {
    const stream = { width: "320", level: "30", duration: 2.5, side_data_list: [{ rotation: "-90" }, {}] }
    const [read] = decode({ format: { size: 12 }, streams: [stream] }).streams
    assert.strictEqual(read?.width, 320)
    assert.strictEqual(read?.level, 30)
    assert.strictEqual(read?.duration, "2.5")
    deepStrictEqual(read?.side_data_list, [{ rotation: -90 }, {}])
    assert.strictEqual(decode({ format: { size: 12 } }).format.size, "12")
  })

  it("reads a member of another type as absent", () => {
    const stream = {
      width: null,
      height: 1.5,
      codec_name: {},
      duration: "N/A",
      level: "high",
      disposition: 3,
      tags: []
    }
    const [read] = decode({ streams: [stream] }).streams
    for (const member of ["width", "height", "codec_name", "duration", "level", "tags"] as const) {
      assert.isUndefined(read?.[member], member)
    }
    deepStrictEqual(read?.disposition, {})
  })

  it("reads a report from anything", () => {
    for (const nothing of [undefined, null, 3, "report", [], { format: null, streams: null }, { streams: {} }]) {
      deepStrictEqual(decode(nothing), { format: {}, streams: [] })
    }
    deepStrictEqual(decode({ streams: [null, 3, [], {}] }).streams, [{}])
  })

  it("fails on nothing, and reads what it has written", () => {
    const member = FastCheck.constantFrom("index", "width", "tags", "disposition", "side_data_list", "duration")
    const stream = FastCheck.dictionary(member, FastCheck.jsonValue())
    const report = FastCheck.record({ format: FastCheck.jsonValue(), streams: FastCheck.array(stream) })
    FastCheck.assert(
      FastCheck.property(report, (json) => {
        const written = JSON.stringify(Schema.encodeSync(ProbeReport)(decode(json)))
        assert.strictEqual(JSON.stringify(decode(JSON.parse(written))), written)
      })
    )
  })
})
