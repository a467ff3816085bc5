// Runs in a child process, so that a crash of V8 ends one call of FFmpeg and not the server. Each call has a thread of its
// own, because FFmpeg blocks while it reads a remote input. This file passes messages between the thread and the parent.
import { readFile } from "node:fs/promises"
import { MessageChannel, Worker } from "node:worker_threads"

/** @import { FromChild, ReadRequest, ThreadTask, ToChild, WasmFiles } from "./WasmTask.ts" */
/** @typedef {{ readonly thread: Worker, readonly shared: SharedArrayBuffer }} Call */

const { block, wasmUrl, workerUrl } = /** @type {WasmFiles} */ (JSON.parse(process.argv[2] ?? ""))

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

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled
const compile = () => (compiled ??= readFile(new URL(wasmUrl)).then((bytes) => WebAssembly.compile(bytes)))

/** @returns {Promise<Call>} */
const start = async () => {
  const { port1, port2: port } = new MessageChannel()
  const shared = new SharedArrayBuffer(8 + block)
  /** @type {ThreadTask} */
  const workerData = { workerUrl, module: await compile(), block, port, shared }
  const thread = new Worker(new URL("./thread.mjs", import.meta.url), { workerData, transferList: [port] })
  thread.on("message", (message) => tell({ message }))
  thread.on("error", (cause) => tell({ died: String(cause) }))
  thread.on("exit", (code) => tell({ died: `the thread exited with code ${code}` }))
  port1.on("message", (/** @type {ReadRequest} */ read) => tell({ read }))
  return { thread, shared }
}

/** @param {Call} call */
const stop = async ({ thread }) => {
  thread.removeAllListeners()
  await thread.terminate()
  tell({ stopped: true })
}

/**
 * @param {Call} call
 * @param {Uint8Array | undefined} bytes
 */
const answerRead = ({ shared }, bytes) => {
  const control = new Int32Array(shared, 0, 2)
  if (bytes !== undefined) new Uint8Array(shared, 8).set(bytes)
  Atomics.store(control, 1, bytes?.length ?? -1)
  Atomics.store(control, 0, 1)
  Atomics.notify(control, 0)
}

/** @type {Promise<Call>} */
let current
process.on("message", async (/** @type {ToChild} */ data) => {
  if ("start" in data) current = start()
  const call = await current.catch((cause) => tell({ died: String(cause) }))
  if (call === undefined) return
  if ("message" in data) call.thread.postMessage(data.message)
  if ("bytes" in data) answerRead(call, data.bytes)
  if ("stop" in data) await stop(call)
})
// The parent has ended without stopping this process.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))
