import { readFileSync } from "node:fs"
import { Errors, Persistence } from "@runner-connector/core"
import { Cause, Exit } from "effect"
import { describe, expect, expectTypeOf, it } from "vitest"
import { valueOf } from "../src/errors/fromExit.ts"
import * as node from "../src/index.ts"

const thrown = (cause: Cause.Cause<Errors.UnknownVideo | Errors.VideoNotReady | Persistence.PersistenceError>) => {
  try {
    valueOf(Exit.failCause(cause), () => new Error("interrupted"))
  } catch (error) {
    return error as node.AnyConnectorError
  }
  throw new Error("nothing was thrown")
}

describe("errors", () => {
  it("have the class and the code of the core's error", () => {
    const error = thrown(Cause.fail(new Errors.VideoNotReady({ state: "ToEdit" })))
    expect(error).toBeInstanceOf(node.VideoNotReady)
    expect(error).toBeInstanceOf(node.ConnectorError)
    expect(error).toMatchObject({ code: "VideoNotReady", name: "VideoNotReady", details: { state: "ToEdit" } })
    expect(error.status).toBe(409)
  })

  it("have the error of the driver as their cause, without Effect's errors around it", () => {
    const driver = new Error("connect ECONNREFUSED")
    const sql = Object.assign(new Error("sql"), { _tag: "SqlError", cause: driver })
    const error = thrown(Cause.fail(new Persistence.PersistenceError({ operation: "VideoStore.find", cause: sql })))
    expect(error.code).toBe("PersistenceError")
    expect(error.cause).toBe(driver)
  })

  it("report a defect as an internal error with its cause", () => {
    const defect = new TypeError("x is not a function")
    const error = thrown(Cause.die(defect))
    expect(error).toBeInstanceOf(node.InternalError)
    expect(error.cause).toBe(defect)
  })

  it("are distinguished by switch", () => {
    const titleOf = (error: node.AnyConnectorError) => {
      switch (error.code) {
        case "UnknownVideo":
          expectTypeOf(error).toEqualTypeOf<node.UnknownVideo>()
          return "no such video"
        default:
          return "other"
      }
    }
    expect(titleOf(thrown(Cause.fail(new Errors.UnknownVideo())))).toBe("no such video")
  })

  it("are listed in the README, each with its meaning", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const rows = [...readme.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code]) => code)
    expect(rows.sort()).toEqual([...node.errorCodes].sort())
  })

  it("have a class of the same name", () => {
    const classes = { ...node }
    for (const code of node.errorCodes) expect(new classes[code]({ message: "" }).code).toBe(code)
  })

  it("have an HTTP status", () => {
    const classes = { ...node }
    const statuses = node.errorCodes.map((code) => [code, new classes[code]({ message: "" }).status])
    expect(Object.fromEntries(statuses)).toMatchObject({
      UnknownVideo: 404,
      InvalidRequest: 400,
      UnusableMedia: 422,
      VideoBusy: 409,
      StreamFailed: 400,
      PersistenceError: 503,
      InternalError: 500
    })
    for (const [, status] of statuses) expect(status).toBeGreaterThanOrEqual(400)
  })
})
