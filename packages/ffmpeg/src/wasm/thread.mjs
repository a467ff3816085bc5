// Runs in a thread of a child process. Provides the Web Worker globals that the worker of @ffmpeg/ffmpeg and the core of
// @ffmpeg/core need. Adds two file systems to the core, then starts that worker unchanged.
import { parentPort, workerData } from "node:worker_threads"
import { makeInputFiles } from "./inputFiles.mjs"
import { makeOutputFolder } from "./outputFolder.mjs"
import { makeRemoteReads } from "./remoteReads.mjs"

/** @import { EmscriptenFs } from "./EmscriptenFs.ts" */
/** @import { ThreadTask } from "./WasmTask.ts" */
/** @typedef {{ readonly FS: EmscriptenFs }} Core */
/** @typedef {(options: object) => Promise<Core>} CreateCore */

const task = /** @type {ThreadTask} */ (workerData)
const scope = /** @type {Record<string, any>} */ (/** @type {unknown} */ (globalThis))

scope.self = globalThis
scope.location = { href: task.workerUrl }
scope.postMessage = parentPort?.postMessage.bind(parentPort)

// The core fetches and compiles its wasm. All threads of the process share one compiled module. Every other connection is
// blocked, because Emscripten would implement sockets with WebSocket.
scope.fetch = async () => ({})
scope.WebSocket = undefined
WebAssembly.instantiateStreaming = async (_, imports) => ({
  module: task.module,
  instance: await WebAssembly.instantiate(task.module, imports)
})

/**
 * Reports the failure as a log message, so that it arrives before the end of the program.
 * @param {unknown} cause
 */
const onBroken = (cause) => parentPort?.postMessage({ type: "LOG", data: { type: "broken", message: String(cause) } })

/** @param {Core} core */
const addFileSystems = (core) => {
  core.FS.filesystems.INPUTS = makeInputFiles(core.FS, makeRemoteReads(task), onBroken)
  core.FS.filesystems.OUTPUTS = makeOutputFolder(core.FS)
  return core
}

// The worker stores the core's constructor in this global and calls it from there.
/** @type {CreateCore} */
let createCore
Object.defineProperty(globalThis, "createFFmpegCore", {
  set: (/** @type {CreateCore} */ create) => {
    createCore = (options) => create(options).then(addFileSystems)
  },
  get: () => createCore
})

await import(task.workerUrl)
// Listen only now. The port keeps earlier messages until then, but a message without a listener would be lost.
parentPort?.on("message", (data) => scope.onmessage?.({ data }))
