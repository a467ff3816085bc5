import { spawn } from "node:child_process"
import type { Socket } from "node:net"

/**
 * Waits for the end of its input, which the system closes when this process ends for whatever reason, and then stops
 * the server: fast shutdown, immediate shutdown, kill. Ignores the signals that a group of processes receives together.
 */
const SCRIPT = `trap '' INT TERM HUP
read -r _
for signal in INT QUIT KILL; do
  kill -"$signal" "$1" 2> /dev/null || exit 0
  waited=0
  while [ "$waited" -lt 15 ]; do
    sleep 1
    kill -0 "$1" 2> /dev/null || exit 0
    waited=$((waited + 1))
  done
done`

/** The name of the guardian in the list of processes. */
export const GUARDIAN = "runner-connector-postgres-guardian"

/**
 * Starts a process that stops the server when this process dies without doing so: by SIGKILL, by a second SIGTERM, by a
 * closed terminal. Returns how to end it. Call that as soon as the server has ended, while no other process can have its
 * number. The guardian runs in a session of its own and keeps this process from nothing.
 */
export const guard = (serverPid: number): (() => void) => {
  const guardian = spawn("/bin/sh", ["-c", SCRIPT, GUARDIAN, String(serverPid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" }
  })
  // `initdb` needs the same shell, so a missing one has been reported before.
  guardian.on("error", () => undefined)
  guardian.stdin.on("error", () => undefined)
  guardian.unref()
  ;(guardian.stdin as Socket).unref()
  return () => guardian.kill("SIGKILL")
}
