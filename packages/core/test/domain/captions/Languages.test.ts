import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc, Option, Schema } from "effect"
import { Language, languageLabel, parseLanguage, parseOffered } from "../../../src/domain/captions/Languages.ts"

describe("parseLanguage", () => {
  it.each([
    ["en", "en"],
    ["EN-us", "en-US"],
    ["pt-br", "pt-BR"],
    ["zh-hans-cn", "zh-Hans-CN"],
    ["iw", "he"],
    ["de-DE-x-foo", "de-DE-x-foo"]
  ])("%s is %s", (text, code) => {
    expect(parseLanguage(text)).toEqual(Either.right(code))
  })

  it.each([
    "",
    "a",
    "*",
    "en_US",
    "en ",
    "x-foo",
    "12",
    'en"',
    "en\n",
    "../en",
    "en-",
    `en-x-${"a1b2c3d4-".repeat(4)}a`
  ])("%j is none", (text) => {
    expect(Either.isLeft(parseLanguage(text))).toBe(true)
  })

  it("is a code of at most 35 characters", () => {
    const longest = "en-x-aaaaaaaa-bbbbbbbb-cccccccc-ddd"
    expect(longest).toHaveLength(35)
    expect(parseLanguage(longest)).toEqual(Either.right(longest))
    expect(Either.isLeft(parseLanguage(`${longest}d`))).toBe(true)
  })

  it("says so in a sentence that is not longer than it must be", () => {
    const wrong = Either.flip(parseLanguage(`\u0007${"x".repeat(10_000)}`))
    expect(Either.getOrThrow(wrong).message.length).toBeLessThan(200)
    expect(Either.getOrThrow(Either.flip(parseLanguage("e n"))).message).toBe(
      '"e n" is not a language code such as "en" or "pt-BR"'
    )
  })

  it("gives a code that stays as it is, and needs no escaping", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/))
    fc.assert(
      fc.property(text, (given) => {
        const parsed = parseLanguage(given)
        if (Either.isLeft(parsed)) return
        expect(Schema.is(Language)(parsed.right)).toBe(true)
        expect(parseLanguage(parsed.right)).toEqual(parsed)
        expect(encodeURIComponent(parsed.right)).toBe(parsed.right)
      })
    )
  })
})

describe("parseOffered", () => {
  const offered = Option.some([Language.make("en"), Language.make("pt-BR")])

  it("accepts listed languages in any spelling", () => {
    expect(parseOffered("PT-br", offered)).toEqual(Either.right("pt-BR"))
  })

  it("takes all without a list", () => {
    expect(parseOffered("fr", Option.none())).toEqual(Either.right("fr"))
  })

  it.each([
    ["fr", "LanguageNotOffered"],
    ["pt", "LanguageNotOffered"],
    ["!", "InvalidLanguage"]
  ])("not %s: %s", (text, tag) => {
    const parsed = parseOffered(text, offered)
    expect(Either.isLeft(parsed) && parsed.left._tag).toBe(tag)
  })
})

describe("languageLabel", () => {
  it.each([
    ["fr", "en", "French"],
    ["fr", "fr", "français"],
    ["pt-BR", "en", "Brazilian Portuguese"],
    ["english", "en", "english"]
  ])("%s in %s is %s", (language, shownIn, label) => {
    expect(languageLabel(Language.make(language), Language.make(shownIn))).toBe(label)
  })

  it("is English unless said otherwise", () => {
    expect(languageLabel(Language.make("de"))).toBe("German")
  })
})
