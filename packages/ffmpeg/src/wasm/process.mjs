// Runs in a child process, so that a crash of V8 ends one call of FFmpeg and not the server. FFmpeg runs in a thread,
// because it blocks while it reads a remote input. This file passes messages between the thread and the parent.
import { MessageChannel, Worker } from "node:worker_threads"

/** @import { FromChild, ReadRequest, ThreadTask, ToChild, WasmFiles } from "./WasmTask.ts" */

const files = /** @type {WasmFiles} */ (JSON.parse(process.argv[2] ?? ""))
const { port1: port, port2 } = new MessageChannel()
const shared = new SharedArrayBuffer(8 + files.block)
/** @type {ThreadTask} */
const workerData = { ...files, port: port2, shared }
const thread = new Worker(new URL("./thread.mjs", import.meta.url), { workerData, transferList: [port2] })

/** @type {Array<FromChild>} */
let waiting = []

/**
 * Sends all messages of a turn of the event loop at once: ffprobe writes one message per packet.
 * @param {FromChild} message
 */
const tell = (message) => {
  if (waiting.push(message) > 1) return
  setImmediate(() => {
    process.send?.(waiting)
    waiting = []
  })
}

/** @param {Uint8Array | undefined} bytes */
const answerRead = (bytes) => {
  const control = new Int32Array(shared, 0, 2)
  if (bytes !== undefined) new Uint8Array(shared, 8).set(bytes)
  Atomics.store(control, 1, bytes?.length ?? -1)
  Atomics.store(control, 0, 1)
  Atomics.notify(control, 0)
}

thread.on("message", (message) => tell({ message }))
thread.on("error", (cause) => tell({ died: String(cause) }))
thread.on("exit", (code) => tell({ died: `the thread exited with code ${code}` }))
port.on("message", (/** @type {ReadRequest} */ read) => tell({ read }))
process.on("message", (/** @type {ToChild} */ data) => {
  if ("message" in data) thread.postMessage(data.message)
  else answerRead(data.bytes)
})
// The parent has ended without stopping this process.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))
