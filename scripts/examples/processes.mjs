// Starts programs, and shows their output only when they fail.
import { spawn } from "node:child_process"

/** Runs a program to its end. Rejects with its output when it fails. */
export const runAsync = (command, args, cwd, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, CI: "true", ...env } })
    let output = ""
    const add = (data) => {
      output += data
    }
    child.stdout.on("data", add)
    child.stderr.on("data", add)
    child.on("error", reject)
    child.on("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ${args.join(" ")} failed in ${cwd}:\n${output}`))
    )
  })

/** A program that runs until it is stopped. */
export const startProgram = (args, cwd, env) => {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } })
  const ended = new Promise((resolve) => child.once("close", resolve))
  let output = ""
  let look = () => undefined
  const add = (data) => {
    output += data
    look()
  }
  child.stdout.on("data", add)
  child.stderr.on("data", add)

  /** Waits for text in the output. */
  const says = (pattern) =>
    new Promise((resolve, reject) => {
      look = () => {
        const found = pattern.exec(output)
        if (found !== null) resolve(found)
      }
      look()
      void ended.then(() => reject(new Error(`${args.join(" ")} ended in ${cwd}:\n${output}`)))
    })

  /** Stops it in good order. Rejects when it does not end by itself within the time. */
  const stop = async () => {
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), 15_000)
    await ended
    clearTimeout(timer)
    if (child.signalCode === "SIGKILL") throw new Error(`${args.join(" ")} did not end in ${cwd}:\n${output}`)
  }
  return { says, stop, output: () => output }
}
