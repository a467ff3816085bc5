// Fetches the Debian packages of the programs that `npm run test:services` starts, and extracts them into a folder.
// Nothing is installed, so no package can start a system service or change the machine.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { programPath } from "./programs.mjs"
import { fail, root } from "./setup.mjs"

/** The programs, each with the package that contains it. Their dependencies come along. */
const programs = {
  "ceph-mon": "ceph-mon",
  "ceph-osd": "ceph-osd",
  radosgw: "radosgw",
  "redis-server": "redis-server",
  "redis-sentinel": "redis-sentinel",
  nginx: "nginx",
  caddy: "caddy",
  // Has the H.264 decoder that Firefox loads.
  ffmpeg: "ffmpeg",
  "firefox-esr": "firefox-esr",
  openssl: "openssl",
  // Complete the commands of the command line.
  zsh: "zsh",
  fish: "fish"
}

const folder = join(root, "node_modules", ".cache", "services")
const stamp = join(folder, "packages.json")

/** The folder with the extracted packages, laid out like `/`. */
export const extracted = join(folder, "root")

const triplet = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch] ?? ""

/** The libraries of the extracted packages. */
export const libraries = ["lib", "usr/lib"].map((parent) => join(extracted, parent, triplet))

const joined = (...paths) => paths.filter((path) => path !== undefined && path !== "").join(delimiter)

/** The environment in which the programs are found, with their libraries. */
export const environment = {
  ...process.env,
  PATH: joined(
    ...["usr/bin", "usr/sbin", "bin", "sbin"].map((path) => join(extracted, path)),
    process.env.PATH,
    "/usr/sbin",
    "/sbin"
  ),
  LD_LIBRARY_PATH: joined(...libraries, join(libraries[1], "ceph"), process.env.LD_LIBRARY_PATH)
}

const run = (command, ...args) => {
  const { error, status, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  })
  if (error || status !== 0) {
    fail(
      `The services could not be fetched: ${command} ${args.join(" ")} failed (${error?.message ?? `exit code ${status}`}). ` +
        `They are Debian packages, so this needs Debian, and root.\n${stderr ?? ""}`
    )
  }
}

const packages = [...new Set(Object.values(programs))]

const isComplete = () => existsSync(stamp) && readFileSync(stamp, "utf8") === JSON.stringify(packages)

/** Whether the packages are there or can be fetched on this machine. */
export const canFetchServices = () => isComplete() || (process.getuid?.() === 0 && programPath("apt-get") !== undefined)

/** Downloads and extracts the packages, unless they are there. */
export const fetchServices = () => {
  if (isComplete()) return
  console.error(`Fetching ${packages.join(", ")} (once, about 150 MB) …`)
  rmSync(folder, { recursive: true, force: true })
  const archives = join(folder, "archives")
  mkdirSync(join(archives, "partial"), { recursive: true })
  mkdirSync(extracted)
  run("apt-get", "update", "-qq")
  const options = ["-qq", "-y", "--no-install-recommends", "--download-only", "-o", `Dir::Cache::archives=${archives}`]
  run("apt-get", "install", ...options, ...packages)
  for (const name of readdirSync(archives)) {
    if (name.endsWith(".deb")) run("dpkg", "-x", join(archives, name), extracted)
  }
  rmSync(archives, { recursive: true })
  for (const program of Object.keys(programs)) {
    if (programPath(program, environment) === undefined) {
      fail(`The packages ${packages.join(", ")} contain no ${program}.`)
    }
  }
  writeFileSync(stamp, JSON.stringify(packages))
}
