import { accessSync, constants, existsSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"

/** A program and its arguments, as `spawn` takes them. */
export interface Invocation {
  readonly file: string
  readonly arguments: ReadonlyArray<string>
}

const SHELL = "/bin/sh"

/** Sets the limits of the shell's own process, then becomes the program. `$1` is a number of KiB, or empty. */
const SCRIPT = 'umask 077; [ -z "$1" ] || ulimit -v "$1" 2>/dev/null; shift; exec "$@"'

const hasShell = (): boolean => process.platform !== "win32" && existsSync(SHELL)

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of a program that is named without one; the name itself when PATH does not lead to it. */
const locate = (program: string, path: string): string =>
  isAbsolute(program) || program.includes("/")
    ? program
    : (path
        .split(delimiter)
        .map((folder) => join(folder, program))
        .find(isExecutable) ?? program)

/**
 * Starts a program so that only the owner can read the files it writes, and with a limit on its address space (bytes).
 * Node can set neither for a child, so a POSIX shell does, which passes the arguments on as they are. Systems without such
 * a shell get neither. macOS does not enforce the limit. A program that is not on PATH is left to `spawn`, which reports it.
 */
export const confine = (command: Invocation, path: string, memoryLimit?: number): Invocation => {
  if (!hasShell()) return command
  const file = locate(command.file, path)
  if (!isExecutable(file)) return command
  const kibibytes = memoryLimit === undefined ? "" : String(Math.floor(memoryLimit / 1024))
  return { file: SHELL, arguments: ["-c", SCRIPT, "sh", kibibytes, file, ...command.arguments] }
}
