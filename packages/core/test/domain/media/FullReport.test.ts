import { assert, describe, it } from "vitest"
import { limited, limits } from "../../../src/domain/media/FullReport.ts"

const sizeOf = (report: unknown): number => JSON.stringify(report).length

describe("the complete report of a probe", () => {
  it("keeps format, streams and chapters as they are", () => {
    const output = {
      streams: [{ index: 0, codec_type: "video", disposition: { default: 1 }, tags: { language: "mon" } }],
      chapters: [{ id: 0, start_time: "0.000000", tags: { title: "Эхлэл" } }],
      format: { format_name: "mov,mp4", size: "1234", probe_score: 100 }
    }
    assert.deepStrictEqual(limited(output), output)
  })

  it("leaves out other sections, and where the file was read from", () => {
    const report = limited({
      packets: [{ pts: 0 }],
      error: { code: -1 },
      format: { filename: "https://bucket.example/cat.mov?X-Amz-Signature=secret", duration: "1.0" }
    })
    assert.deepStrictEqual(report, { format: { duration: "1.0" } })
  })

  it("cuts long texts, and leaves out members with long names", () => {
    const report = limited({ format: { tags: { lyrics: "x".repeat(100_000), ["n".repeat(101)]: "y", short: "z" } } })
    assert.deepStrictEqual(report, { format: { tags: { lyrics: "x".repeat(limits.text), short: "z" } } })
  })

  it("keeps texts that a database can store", () => {
    const cutPair = `${"x".repeat(limits.text - 1)}🎬`
    const report = limited({ format: { tags: { a: "NUL\0here", b: "\ud83c alone", c: "🎬", d: cutPair, "e\0": "f" } } })
    const d = `${"x".repeat(limits.text - 1)}\ufffd`
    assert.deepStrictEqual(report, { format: { tags: { a: "NULhere", b: "\ufffd alone", c: "🎬", d, e: "f" } } })
  })

  it("limits the number and the depth of members", () => {
    const tags = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`t${n}`, "x"]))
    const deep = JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`)
    const report = limited({ streams: Array(1000).fill({ index: 1 }), format: { tags, deep } }) as {
      readonly format: { readonly tags: object }
      readonly streams: ReadonlyArray<unknown>
    }
    assert.lengthOf(report.streams, limits.members)
    assert.lengthOf(Object.keys(report.format.tags), limits.members)
    assert.isAtMost(JSON.stringify(report.format).split('"a":').length, limits.depth + 1)
  })

  it("stays within its size for any file", () => {
    const tags = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`tag ${n}`, '"\\"'.repeat(5000)]))
    const report = limited({
      format: { tags },
      streams: Array(200).fill({ tags }),
      chapters: Array(200).fill({ tags })
    })
    assert.isAtMost(sizeOf(report), limits.size)
    assert.isAbove(sizeOf(report), limits.size / 2)
  })

  it.each([null, undefined, "text", 1, [], [1], { format: "text", streams: { 0: null }, chapters: Number.NaN }])(
    "accepts %j from any program",
    (output) => assert.isAtMost(sizeOf(limited(output)), 100)
  )

  it("takes no name as the prototype of an object", () => {
    const report = limited(JSON.parse('{"format":{"tags":{"__proto__":{"admin":true}}}}'))
    assert.isUndefined(({} as { readonly admin?: boolean }).admin)
    assert.strictEqual(sizeOf(report), sizeOf(JSON.parse('{"format":{"tags":{"__proto__":{"admin":true}}}}')))
  })
})
