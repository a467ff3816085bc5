import { join } from "node:path"
import { Effect } from "effect"
import { run, type ServiceError } from "./programs.ts"

/** A certificate for 127.0.0.1 that signs itself, with its key. */
export interface Certificate {
  readonly file: string
  readonly keyFile: string
}

/** Creates a certificate in the folder. */
export const certificate = (folder: string): Effect.Effect<Certificate, ServiceError> =>
  Effect.gen(function* () {
    const [file, keyFile] = [join(folder, "certificate.pem"), join(folder, "key.pem")]
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile]
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    yield* run("openssl", ["req", "-x509", ...key, "-out", file, ...subject])
    return { file, keyFile }
  })
