import { accessSync, constants, existsSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"

/** A program and its arguments in the form that `spawn` takes. */
export interface Invocation {
  readonly file: string
  readonly arguments: ReadonlyArray<string>
}

const SHELL = "/bin/sh"

/** Sets the limits of the shell process, then replaces the shell by the program. `$1` is a number of KiB, or empty. */
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

/** Finds a program on PATH. Returns the name itself if PATH does not contain it. */
const locate = (program: string, path: string): string =>
  isAbsolute(program) || program.includes("/")
    ? program
    : (path
        .split(delimiter)
        .map((folder) => join(folder, program))
        .find(isExecutable) ?? program)

/**
 * Starts a program whose output files only the owner can read, with a limit on its address space in bytes. Node cannot
 * set either for a child, so a POSIX shell sets them and passes the arguments on unchanged. Systems without a POSIX
 * shell get neither. macOS does not enforce the limit. If the program is not on PATH, `spawn` reports the error.
 */
export const confine = (command: Invocation, path: string, memoryLimit?: number): Invocation => {
  if (!hasShell()) return command
  const file = locate(command.file, path)
  if (!isExecutable(file)) return command
  const kibibytes = memoryLimit === undefined ? "" : String(Math.floor(memoryLimit / 1024))
  return { file: SHELL, arguments: ["-c", SCRIPT, "sh", kibibytes, file, ...command.arguments] }
}
