/** @import { ThreadTask } from "./WasmTask.ts" */

/** Number of cached blocks: enough for a demuxer that alternates between audio, video and index. */
const KEPT = 4

/**
 * Returns a function that reads a range through the main thread, which gets it from the parent process. This thread sleeps
 * until the response is in the shared memory.
 * @param {ThreadTask} task
 * @returns {(remote: number, start: number, end: number) => Uint8Array}
 */
const makeAsk = ({ port, shared }) => {
  const control = new Int32Array(shared, 0, 2)
  const answer = new Uint8Array(shared, 8)
  return (remote, start, end) => {
    Atomics.store(control, 0, 0)
    port.postMessage({ remote, start, end })
    Atomics.wait(control, 0, 0)
    const length = Atomics.load(control, 1)
    if (length < 0) throw new Error("the range could not be read")
    return answer.slice(0, length)
  }
}

/**
 * Returns a function that copies the bytes at a position into the target, at most to the end of their block. The
 * function returns 0 at the end of the file. Blocks start at multiples of their length, so neighbouring reads share one
 * request.
 * @param {ThreadTask} task
 * @returns {(input: { readonly remote: number, readonly size: number }, target: Int8Array, position: number) => number}
 */
export const makeRemoteReads = (task) => {
  const ask = makeAsk(task)
  const blockLength = task.block
  /** @type {Map<string, Uint8Array>} */
  const kept = new Map()

  /** @type {(remote: number, start: number, size: number) => Uint8Array} */
  const block = (remote, start, size) => {
    const key = `${remote}:${start}`
    const bytes = kept.get(key) ?? ask(remote, start, Math.min(size, start + blockLength))
    kept.delete(key)
    kept.set(key, bytes)
    for (const oldest of kept.keys()) {
      if (kept.size > KEPT) kept.delete(oldest)
    }
    return bytes
  }

  return (input, target, position) => {
    if (position >= input.size) return 0
    const start = position - (position % blockLength)
    const part = block(input.remote, start, input.size).subarray(position - start, position - start + target.length)
    target.set(part)
    return part.length
  }
}
