import { create } from "./0001_create.ts"
import { rename } from "./0002_rename.ts"

/** Every version of the schema in order. Released migrations never change. Append new ones. */
export const migrations = { "0001_create": create, "0002_rename": rename }

/** The version of this program: the number of the last migration. */
export const latestVersion: number = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))
