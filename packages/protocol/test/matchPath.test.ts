import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { endpoint } from "../src/http/Endpoint.ts"
import { makeMatcher, pathnameOf, searchOf } from "../src/http/matchPath.ts"

const at = (name: string, path: `/${string}`) => endpoint({ name, method: "GET", path, summary: name, status: 204 })

const match = makeMatcher([
  at("any thing of any group", "/groups/:group/:thing"),
  at("any group", "/groups/:group"),
  at("any member", "/groups/:group/members"),
  at("document", "/groups/all.json"),
  at("all", "/groups")
])

const found = (path: string) => match(path).map(({ endpoint: { name }, params }) => [name, params] as const)

describe("matchPath", () => {
  it.effect("finds literal matches before matches by parameters", () =>
    Effect.sync(() => {
      deepStrictEqual(found("/groups/all.json"), [
        ["document", {}],
        ["any group", { group: "all.json" }]
      ])
      deepStrictEqual(found("/groups/a/members"), [
        ["any member", { group: "a" }],
        ["any thing of any group", { group: "a", thing: "members" }]
      ])
    })
  )

  it.effect("matches dots literally, ignores a trailing slash, and matches one segment per parameter", () =>
    Effect.sync(() => {
      deepStrictEqual(found("/groups/all-json"), [["any group", { group: "all-json" }]])
      deepStrictEqual(found("/groups/"), [["all", {}]])
      for (const path of ["", "/", "/group", "/groups//members/x", "/groups/a/b/c", "x/groups", "/groups?x"]) {
        deepStrictEqual(found(path), [])
      }
    })
  )

  it.effect("reads path and query as sent, even of a malformed URL", () =>
    Effect.sync(() => {
      const requests = ["http://a:b:c/x/%zz?y=%zz&z#f?g", "/x/%zz?y=%zz&z", "https://media.example", "http://a?b=c"]
      deepStrictEqual(
        requests.map((url) => [pathnameOf({ url } as Request), searchOf({ url } as Request)]),
        [
          ["/x/%zz", "y=%zz&z"],
          ["/x/%zz", "y=%zz&z"],
          ["", ""],
          ["", "b=c"]
        ]
      )
    })
  )
})
