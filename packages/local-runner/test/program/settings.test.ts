import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { readCommandLine } from "../../src/program/commandLine.ts"
import { help, valued, variableOf } from "../../src/program/options.ts"
import { readSettings } from "../../src/program/ProgramSettings.ts"
import { packageVersion } from "../../src/program/version.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "runner-settings-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

const written = (name: string, content: string) =>
  Effect.tap(
    Effect.map(folder, (path) => join(path, name)),
    (file) => Effect.promise(() => writeFile(file, content))
  )

const read = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  Effect.provide(readSettings(readCommandLine(args), env), NodeContext.layer)

const problemsOf = (...given: Parameters<typeof read>) =>
  Effect.map(Effect.flip(read(...given)), ({ problems }) => problems.join("\n").split("\n"))

const url = ["--url", "https://media.example"]

describe("the settings of the program", () => {
  it.scoped("come from the command line, then the environment, then the file", () =>
    Effect.gen(function* () {
      const file = yield* written("runner.toml", 'concurrency = 7\nname = "file"\nencoder = "h264_qsv"\n')
      const env = { CONNECTOR_RUNNER_CONCURRENCY: "5", CONNECTOR_RUNNER_NAME: "env", CONNECTOR_RUNNER_CONFIG: file }
      const settings = yield* read([...url, "--concurrency", "3"], env)
      expect(settings).toMatchObject({ concurrency: 3, encoder: "h264_qsv", servers: [{ name: "env" }] })
      expect(Duration.toMinutes(settings.drainTimeout)).toBe(10)
    })
  )

  it.scoped("name several servers, with one token for all or one for each", () =>
    Effect.gen(function* () {
      const tokens = (args: ReadonlyArray<string>, env = {}) =>
        Effect.map(read(args, env), ({ servers }) =>
          servers.map(({ registrationToken, url }) => [
            url.host,
            registrationToken && Redacted.value(registrationToken)
          ])
        )
      const two = [...url, "--url", "http://b.example:9000"]
      expect(yield* tokens([...two, "--registration-token", "t"])).toEqual([
        ["media.example", "t"],
        ["b.example:9000", "t"]
      ])
      const list = {
        CONNECTOR_RUNNER_URL: "https://a.example, https://b.example",
        CONNECTOR_RUNNER_REGISTRATION_TOKEN: "x,y"
      }
      expect(yield* tokens([], list)).toEqual([
        ["a.example", "x"],
        ["b.example", "y"]
      ])
      const secret = yield* written("token", "from-file\n")
      const toml = yield* written(
        "runner.toml",
        `[[servers]]\nurl = "https://a.example"\nregistration-token = "x"\n[[servers]]\nurl = "https://b.example"\nregistration-token-file = "${secret}"\n`
      )
      expect(yield* tokens(["--config", toml])).toEqual([
        ["a.example", "x"],
        ["b.example", "from-file"]
      ])
    })
  )

  it.scoped("report every problem of all sources, with the names that are meant", () =>
    Effect.gen(function* () {
      const file = yield* written(
        "runner.toml",
        'concurency = 2\nencoder = true\n[[servers]]\nurl = "x"\ntoken = "a"\n'
      )
      const args = ["--config", file, "--drain-timeout", "soon", "--transcribr", "x", "stray", "--name"]
      const env = { CONNECTOR_RUNNER_JOB_TYPES: "vod-hls-transcodin", CONNECTOR_RUNNER_URLS: "", OTHER: "1" }
      expect(yield* problemsOf(args, env)).toEqual([
        "--transcribr: unknown, --transcriber is similar",
        "stray: expected an option such as --url",
        "--name: expected a value",
        "CONNECTOR_RUNNER_URLS: unknown, CONNECTOR_RUNNER_URL is similar",
        `${file}: concurency: unknown, concurrency is similar`,
        `${file}: encoder: expected a text`,
        `${file}: servers[0]: token: unknown`,
        `${file}: servers[0]: url: expected an http or https address, such as https://media.example`,
        expect.stringMatching(/^CONNECTOR_RUNNER_JOB_TYPES: expected one of .*, vod-hls-transcoding is similar$/),
        "--drain-timeout: expected a duration above 0, such as 30 seconds"
      ])
    })
  )

  it.scoped.each([
    [[], "--url: expected the address of a server"],
    [[...url, ...url], "https://media.example/: expected each server once"],
    [[...url, "--concurrency", "0"], "--concurrency: expected a whole number above 0"],
    [[...url, "--encoder", "libx265"], /^--encoder: expected one of .*found libx265, libx264 is similar$/],
    [[...url, "--transcriber", "whisper {input}"], "--transcriber: expected {outputDirectory} among the arguments"],
    [[...url, "--job-types", "video-transcription"], "--job-types: video-transcription needs --transcriber"],
    [[...url, "--registration-token-file", "/nowhere"], "--registration-token-file: /nowhere cannot be read"],
    [[...url, "--config", "/nowhere"], "--config: /nowhere cannot be read"],
    [
      [...url, "--registration-token", "a", "--registration-token", "b"],
      "--registration-token: expected one for all servers, or one for each of the 1"
    ],
    [[...url, "--name", "x".repeat(101)], "--name: expected a name of at most 100 characters"]
  ] as const)("refuse %j", ([args, problem]) =>
    Effect.gen(function* () {
      expect(yield* problemsOf(args)).toEqual([typeof problem === "string" ? problem : expect.stringMatching(problem)])
    })
  )

  it.scoped("report a file that is not TOML", () =>
    Effect.gen(function* () {
      const file = yield* written("runner.toml", "url = \n")
      const [problem] = yield* problemsOf([...url, "--config", file])
      expect(problem).toMatch(/runner\.toml: Invalid TOML document/)
    })
  )
})

it("the help names every option and shows an existing variable", () => {
  for (const { name } of valued) expect(help).toContain(`--${name} `)
  expect(help).toContain(variableOf("work-directory"))
})

it("the version is the version of the package", async () => {
  const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"))
  expect(packageVersion).toBe(manifest.version)
})
