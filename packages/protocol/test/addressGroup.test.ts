import { describe, expect, it } from "vitest"
import { addressGroup } from "../src/http/addressGroup.ts"

describe("the address that limits count", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0DB8:0001:0002::6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["", ""]
  ])("of %s is %s", (address, group) => {
    expect(addressGroup(address)).toBe(group)
  })
})
