const MAX_LINES = 20
const MAX_LINE = 500

/** Keeps the last lines of a program's output in bounded memory. */
export interface LogTail {
  readonly push: (text: string) => void
  readonly lines: () => ReadonlyArray<string>
}

/** Creates a tail of at most 20 lines of at most 500 characters. A line ends with a line feed or a carriage return. */
export const make = (): LogTail => {
  let lines: Array<string> = []
  let unfinished = ""
  const keep = (text: string) => text.slice(0, MAX_LINE)
  return {
    push: (text) => {
      const parts = (unfinished + text).split(/[\r\n]+/)
      unfinished = keep(parts.pop() ?? "")
      lines = [...lines, ...parts.filter((part) => part.trim() !== "").map(keep)].slice(-MAX_LINES)
    },
    lines: () => (unfinished.trim() === "" ? lines : [...lines, unfinished].slice(-MAX_LINES))
  }
}
