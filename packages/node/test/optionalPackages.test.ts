import { createRequire } from "node:module"
import { Effect, Exit } from "effect"
import { expect, it } from "vitest"
import { valueOf } from "../src/errors/fromExit.ts"
import { MissingPackage } from "../src/index.ts"
import { load } from "../src/runtime/optionalPackages.ts"

const name = "@runner-connector/not-installed"

const failureOf = async (loading: () => Promise<unknown>): Promise<unknown> => {
  const exit = await Effect.runPromiseExit(load("A storage in S3", loading))
  expect(Exit.isFailure(exit)).toBe(true)
  return Promise.resolve()
    .then(() => valueOf(exit, () => undefined))
    .catch((error: unknown) => error)
}

it.each([
  ["import", () => import(/* @vite-ignore */ name)],
  ["require", async () => createRequire(import.meta.url)(name)],
  ["import of a part", () => import(/* @vite-ignore */ `${name}/redis`)]
])("a package that is not installed is named with the command that installs it: %s", async (_way, loading) => {
  const error = await failureOf(loading)
  expect(error).toBeInstanceOf(MissingPackage)
  expect(error).toMatchObject({
    code: "MissingPackage",
    message: `A storage in S3 needs the package ${name}. Install it: npm install ${name}`,
    details: { package: name }
  })
})

it("a package that fails to load has its error as the cause", async () => {
  const cause = new Error("wrong version of Node")
  const error = await failureOf(() => Promise.reject(cause))
  expect(error).toMatchObject({ code: "MissingPackage", message: "A storage in S3 could not be loaded", cause })
})
