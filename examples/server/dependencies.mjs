// What the server is built on, to be loaded before the loader of TypeScript takes over: that one looks at every module in
// a thread of its own, and these have some hundreds. Saves a third of the time until the server listens.
import "effect"
import "@effect/platform"
import "@effect/platform-node"
import "@effect/sql"
import "@effect/sql-pg"
import "h3"
import "socket.io"
