import { randomUUID } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { libraries } from "../../scripts/services.mjs"
import { freePort, temporaryFolder } from "../e2e/support/workspace.ts"
import { type Program, run, type ServiceError, start, untilReady } from "./programs.ts"

/** An S3 service and a user of it. */
export interface Radosgw {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Objects are kept in memory. A test that stores more than this fails. */
const CAPACITY = 12 * 1024 ** 3

interface Cluster {
  readonly folder: string
  readonly fsid: string
  readonly monitorPort: number
  readonly port: number
}

/** The settings of a cluster of one monitor, one store in memory and one gateway. */
const configuration = ({ folder, fsid, monitorPort, port }: Cluster): string => `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monitorPort}
public network = 127.0.0.0/8
keyring = ${folder}/keyring
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
log file = ${folder}/run/$name.log
crash dir = ${folder}/run
plugin dir = ${libraries[1]}/ceph
erasure code dir = ${libraries[1]}/ceph/erasure-code
osd class dir = ${libraries[1]}/rados-classes
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 0
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = ${CAPACITY}
[client.rgw]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw gc obj min wait = 30
rgw gc processor period = 30
`

const users = {
  "mon.": ["mon", "allow *"],
  "client.admin": ["mon", "allow *", "osd", "allow *", "mgr", "allow *"],
  "osd.0": ["mon", "allow profile osd", "osd", "allow *", "mgr", "allow profile osd"],
  "client.rgw": ["mon", "allow *", "osd", "allow *", "mgr", "allow *"]
}

const inPairs = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.flatMap((word, index) => (index % 2 === 0 ? ["--cap", word] : [word]))

/** Creates the keys, the maps and the empty monitor. The programs find their settings by `CEPH_CONF`. */
const prepare = (cluster: Cluster, variables: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const { folder, fsid, monitorPort } = cluster
    for (const name of ["mon", "osd", "rgw", "run"]) mkdirSync(join(folder, name))
    writeFileSync(join(folder, "ceph.conf"), configuration(cluster))
    const keyring = join(folder, "keyring")
    yield* run("ceph-authtool", ["--create-keyring", keyring], variables)
    for (const [name, capabilities] of Object.entries(users)) {
      yield* run("ceph-authtool", [keyring, "--gen-key", "-n", name, ...inPairs(capabilities)], variables)
    }
    const [monmap, osdmap] = [join(folder, "monmap"), join(folder, "osdmap")]
    const address = `[v2:127.0.0.1:${monitorPort}]`
    yield* run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", address, monmap], variables)
    yield* run("osdmaptool", ["--createsimple", "1", osdmap], variables)
    const maps = ["--monmap", monmap, "--osdmap", osdmap, "--keyring", keyring]
    yield* run("ceph-mon", ["-i", "a", "--mkfs", ...maps], variables)
  })

const userArguments = ({ accessKeyId, secretAccessKey }: Pick<Radosgw, "accessKeyId" | "secretAccessKey">) =>
  ["user", "create", "--uid", "tests", "--display-name", "tests", "--access-key", accessKeyId].concat([
    "--secret-key",
    secretAccessKey
  ])

const answers = (endpoint: string) =>
  Effect.tryPromise(async () => {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`status ${response.status}`)
  })

/** Starts a Ceph cluster with an S3 gateway on free ports of the loopback address, in a temporary folder. */
export const radosgw: Effect.Effect<Radosgw, ServiceError, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const variables = { CEPH_CONF: join(folder, "ceph.conf") }
  const [monitorPort, port] = [yield* freePort, yield* freePort]
  yield* prepare({ folder, fsid: randomUUID(), monitorPort, port }, variables)
  const monitor = yield* start("ceph-mon", ["-i", "a", "-f"], variables)
  yield* run("ceph-osd", ["-i", "0", "--mkfs", "--osd-uuid", randomUUID()], variables)
  const store = yield* start("ceph-osd", ["-i", "0", "-f"], variables)
  const gateway = yield* start("radosgw", ["-n", "client.rgw", "-f"], variables)
  const programs: ReadonlyArray<Program> = [monitor, store, gateway]
  const endpoint = `http://127.0.0.1:${port}`
  yield* untilReady("radosgw", answers(endpoint), programs)
  const keys = { accessKeyId: "tests", secretAccessKey: randomUUID() }
  yield* run("radosgw-admin", userArguments(keys), variables)
  return { endpoint, ...keys }
})
