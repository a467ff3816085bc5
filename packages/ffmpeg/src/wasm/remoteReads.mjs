/** @import { WorkerTask } from "./WorkerTask.ts" */

/** How many blocks are kept: enough for a demuxer that goes to and fro between sound, picture and index. */
const KEPT = 4

/**
 * Reads through the main thread, which fetches: the worker sleeps until the answer stands in the shared memory.
 * Blocks begin at multiples of their length, so neighbouring reads share one request.
 * @param {WorkerTask} task
 */
export const makeRemoteReads = ({ port, shared }) => {
  const control = new Int32Array(shared, 0, 2)
  const answer = new Uint8Array(shared, 8)
  /** @type {Map<string, Uint8Array>} */
  const kept = new Map()

  /** @type {(remote: number, start: number, end: number) => Uint8Array} */
  const ask = (remote, start, end) => {
    Atomics.store(control, 0, 0)
    port.postMessage({ remote, start, end })
    Atomics.wait(control, 0, 0)
    const length = Atomics.load(control, 1)
    if (length < 0) throw new Error("the range could not be read")
    return answer.slice(0, length)
  }

  /** @type {(remote: number, start: number, size: number) => Uint8Array} */
  const block = (remote, start, size) => {
    const key = `${remote}:${start}`
    const bytes = kept.get(key) ?? ask(remote, start, Math.min(size, start + answer.length))
    kept.delete(key)
    kept.set(key, bytes)
    for (const oldest of kept.keys()) {
      if (kept.size > KEPT) kept.delete(oldest)
    }
    return bytes
  }

  /**
   * Copies into the target what stands at the position, at most to the end of its block; 0 at the end of the file.
   * @param {{ readonly remote: number, readonly size: number }} input
   * @param {Int8Array} target
   * @param {number} position
   */
  return (input, target, position) => {
    if (position >= input.size) return 0
    const start = position - (position % answer.length)
    const part = block(input.remote, start, input.size).subarray(position - start, position - start + target.length)
    target.set(part)
    return part.length
  }
}
