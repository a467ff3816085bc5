import { DateTime, Option } from "effect"
import { expect, it } from "vitest"
import { type Answered, cacheControl } from "../../../src/domain/playback/cacheControl.ts"
import { now } from "../fixtures.ts"

const file: Answered = { changes: false, expires: false, restricted: false, until: Option.none() }
const left = (seconds: number) => Option.some(DateTime.add(now, { seconds }))

const cases: Readonly<Record<string, readonly [answered: Answered, header: string]>> = {
  "a file": [file, "public, max-age=31536000, immutable"],
  "a playlist of a live": [{ ...file, changes: true }, "no-cache"],
  "a file for one viewer": [{ ...file, restricted: true }, "private, max-age=3600, immutable"],
  "a playlist of a live for one viewer": [{ ...file, changes: true, restricted: true }, "private, no-cache"],
  "a file for a minute": [{ ...file, restricted: true, until: left(60) }, "private, max-age=60, immutable"],
  "a file for a day": [{ ...file, restricted: true, until: left(86_400) }, "private, max-age=3600, immutable"],
  "a file whose time is over": [{ ...file, restricted: true, until: left(-1) }, "private, max-age=0, immutable"],
  "a playlist with URLs that expire": [{ ...file, restricted: true, expires: true }, "no-store"],
  "a playlist of a live with URLs that expire": [{ ...file, changes: true, expires: true }, "no-store"]
}

for (const [name, [answered, header]] of Object.entries(cases)) {
  it(`${name}: ${header}`, () => expect(cacheControl(answered, now)).toBe(header))
}
