import { it, makeMethods } from "@effect/vitest"

// `layer` of @effect/vitest puts methods of its own on the one `it` there is, and leaves them there. Files share their
// modules, and `it` with them: each begins with the methods that it expects, the clock of tests among them.
makeMethods(it)
