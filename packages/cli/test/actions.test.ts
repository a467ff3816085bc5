import { Testing } from "@runner-connector/core/testing"
import type { Client } from "@runner-connector/protocol/client"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { bashCompletions } from "../src/completions.ts"
import { root } from "./support/commandLine.ts"

const none = "no command: "

/** The command for each call of the console, or why there is none. A new call does not compile without an entry. */
const commands: Readonly<Record<keyof Client, string>> = {
  getSession: `${none}commands use the database and need no sign-in`,
  signIn: `${none}commands use the database and need no sign-in`,
  signOut: `${none}commands use the database and need no sign-in`,
  getAccess: `${none}commands use the database and need no sign-in`,
  getOverview: "overview",
  getCapabilities: "capabilities",
  getSettings: "settings",
  listVideos: "video list",
  uploadVideo: "video upload",
  transcodeVideo: `${none}an application names a file in its storage`,
  transcribeElsewhere: `${none}an application names the address of the audio`,
  getVideo: "video show",
  changeVideo: "video title",
  changeVideos: "video retry",
  deleteVideo: "video delete",
  cancelVideo: "video cancel",
  retryVideo: "video retry",
  editVideo: "video edit",
  transcribeVideo: "video captions",
  ensureRenditions: "video ensure",
  getReports: "video reports",
  startLive: "live start",
  stopLive: "live stop",
  getJob: "job show",
  retryJob: "job retry",
  changeJob: "job priority",
  changeJobs: "job retry",
  listRunners: "runner list",
  listLabels: "runner list",
  updateRunner: "runner rename",
  deleteRunner: "runner delete",
  listRegistrationTokens: "registration-token list",
  generateRegistrationToken: "registration-token create",
  deleteRegistrationToken: "registration-token delete",
  listJobs: "job list",
  cancelJob: "job cancel",
  deleteJob: "job delete",
  listWebhooks: "webhooks list",
  createWebhook: "webhooks create",
  updateWebhook: "webhooks update",
  rotateWebhookSecret: "webhooks rotate-secret",
  deleteWebhook: "webhooks delete",
  listWebhookDeliveries: "webhooks deliveries",
  replayWebhooks: "webhooks replay"
}

/** The case of the completion script that recognizes the last word of the command. */
const caseOf = (name: string): string => {
  const [first = "", second] = name.split(" ")
  return second === undefined
    ? `"runner-connector,${first}")`
    : `"runner__connector__${first.replaceAll("-", "__")},${second}")`
}

it("has a command for everything that the console does", async () => {
  const lines = await Effect.runPromise(Effect.provide(Effect.flatMap(root, bashCompletions), Testing.layerConnector()))
  const known = new Set(lines.map((line) => line.trim()))
  expect(known).toContain(caseOf("runner drain"))
  const named = Object.values(commands).filter((name) => !name.startsWith(none))
  expect(named.filter((name) => !known.has(caseOf(name)))).toEqual([])
})

/** The words that the script offers after the words of each command. */
const offersIn = (lines: ReadonlyArray<string>) =>
  lines.flatMap((line, index) => {
    const [, words] = /^\s+opts="(.*)"$/.exec(line) ?? []
    return words === undefined ? [] : [{ name: String(lines[index - 1]).trim(), words: words.split(" ") }]
  })

it("prints JSON by every command", async () => {
  const lines = await Effect.runPromise(Effect.provide(Effect.flatMap(root, bashCompletions), Testing.layerConnector()))
  const offers = offersIn(lines)
  const commands = offers.filter(({ words }) => words.every((word) => word.startsWith("-")))
  expect(commands.length).toBeGreaterThan(50)
  expect(commands.filter(({ words }) => !words.includes("--json")).map(({ name }) => name)).toEqual([])
})
