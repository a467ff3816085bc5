import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Either, FastCheck as fc } from "effect"
import { type CodedPicture, make } from "../../../src/domain/chunk/CutScan.ts"
import { propertyOptions } from "../../support/properties.ts"

/** Units a second, and units a picture. */
const SECOND = 1000
const STEP = 40

interface Group {
  /** Pictures behind the keyframe, in mini-groups of a reference and this many reordered pictures. */
  readonly references: number
  readonly reordered: number
  /** Reordered pictures behind the keyframe are shown before it and refer to the group before. */
  readonly isOpen: boolean
  /** Whether the keyframe is one behind which nothing refers to earlier pictures. */
  readonly isIndependent: boolean
}

/** The pictures of one group in decoding order, by their numbers in the order of presentation. */
const shownAt = ({ isOpen, references, reordered }: Group): ReadonlyArray<number> => {
  const leading = isOpen ? reordered : 0
  const key = [leading, ...Array.from({ length: leading }, (_, at) => at)]
  const behind = Array.from({ length: references }, (_, number) => {
    const first = leading + 1 + number * (reordered + 1)
    return [first + reordered, ...Array.from({ length: reordered }, (_, at) => first + at)]
  })
  return [...key, ...behind.flat()]
}

const picturesOf = (groups: ReadonlyArray<Group>): ReadonlyArray<CodedPicture> => {
  const numbers = groups.flatMap((group, at) => {
    const before = groups.slice(0, at).reduce((sum, one) => sum + shownAt(one).length, 0)
    return shownAt(group).map((number, index) => ({
      number: before + number,
      isIndependent: index === 0 && (at === 0 || (group.isIndependent && !group.isOpen))
    }))
  })
  return numbers.map(({ isIndependent, number }, index) => ({
    ...{ dts: (index - 3) * STEP, pts: number * STEP, duration: STEP, isHidden: false, isIndependent }
  }))
}

const scan = (pictures: ReadonlyArray<CodedPicture>) => {
  const found = make(SECOND)
  for (const picture of pictures) found.add(picture)
  return found.result()
}

const group = (over: Partial<Group> = {}): Group => ({
  ...{ references: 8, reordered: 2, isOpen: false, isIndependent: true, ...over }
})

const aGroup = fc.record({
  references: fc.integer({ min: 7, max: 20 }),
  reordered: fc.integer({ min: 1, max: 3 }),
  isOpen: fc.boolean(),
  isIndependent: fc.boolean()
})

const groupsOf = fc
  .array(aGroup, { minLength: 2, maxLength: 12 })
  .map(([first, ...others]) => [{ ...group(first), isOpen: false }, ...others])

const assertReason = (pictures: ReadonlyArray<CodedPicture>, reason: string) =>
  assert.strictEqual(Either.getOrThrow(Either.flip(scan(pictures))).reason, reason)

const changed = (at: number, over: Partial<CodedPicture>): ReadonlyArray<CodedPicture> =>
  picturesOf([group(), group(), group()]).map((picture, index) => (index === at ? { ...picture, ...over } : picture))

describe("CutScan", () => {
  it.effect.prop(
    "finds the independent keyframes across which nothing is reordered",
    { groups: groupsOf },
    ({ groups }) =>
      Effect.sync(() => {
        const pictures = picturesOf(groups)
        const found = Either.getOrThrow(scan(pictures))
        const sizes = groups.map((one) => shownAt(one).length)
        const begins = sizes.map((_, at) => sizes.slice(0, at).reduce((sum, size) => sum + size, 0))
        const expected = begins.filter((_, at) => at > 0 && groups[at]?.isIndependent && !groups[at]?.isOpen)
        deepStrictEqual(
          found.points,
          expected.map((picture) => ({ picture, start: (picture * STEP) / SECOND }))
        )
        assert.strictEqual(found.pictures, pictures.length)
        assert.closeTo(found.duration, (pictures.length * STEP) / SECOND, 1e-9)
      }),
    propertyOptions(50)
  )

  it("does not trust a keyframe behind which an earlier picture is shown", () => {
    const open = picturesOf([group(), group({ isOpen: true })]).map((picture, at) =>
      at === shownAt(group()).length ? { ...picture, isIndependent: true } : picture
    )
    deepStrictEqual(Either.getOrThrow(scan(open)).points, [])
  })

  it("keeps a cut point every half second of a film that has keyframes only", () => {
    const all = Array.from(
      { length: 100 },
      (_, at): CodedPicture => ({
        ...{ dts: at * STEP, pts: at * STEP, duration: STEP, isIndependent: true, isHidden: false }
      })
    )
    assert.lengthOf(Either.getOrThrow(scan(all)).points, 7)
  })

  it("leaves out cut points behind a picture that is shown for long", () => {
    const late = picturesOf([group(), group(), group()]).map(({ dts = 0, pts = 0, ...picture }, at) => {
      const by = at >= shownAt(group()).length ? 200 : 0
      return { ...picture, dts: dts + by, pts: pts + by }
    })
    assert.lengthOf(Either.getOrThrow(scan(late)).points, 1)
  })

  it("refuses tracks that cannot be cut exactly", () => {
    assertReason(changed(5, { pts: undefined }), "timestamps")
    assertReason(changed(5, { dts: undefined }), "timestamps")
    assertReason(changed(5, { dts: 1 * STEP }), "timestamps")
    assertReason(changed(5, { dts: 60 * SECOND }), "timestamps")
    assertReason(changed(1, { isHidden: true }), "hiddenPictures")
    assertReason(changed(0, { isIndependent: false }), "begin")
    assertReason(changed(1, { pts: -STEP }), "begin")
    assertReason([], "noCutPoints")
  })
})
