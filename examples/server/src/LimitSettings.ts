import { positive } from "@runner-connector/cli/installation"
import { Config } from "effect"

/** How much the server takes. */
export interface Limits {
  /** The size limit of uploads, in bytes. */
  readonly maxUploadSize: number
  /** The most uploads that may be unfinished at once. */
  readonly maxUnfinishedUploads: number
  /** The most bytes that they may have together. */
  readonly maxUnfinishedUploadsSize: number
  /** Connections that one address may open at once; 0: no limit. */
  readonly maxConnectionsPerAddress: number
}

/** The variables of the limits. */
export const limits: Config.Config<Limits> = Config.all({
  maxUploadSize: Config.withDefault(
    Config.withDescription(positive("MAX_UPLOAD_SIZE"), "Largest video that can be uploaded, in bytes."),
    64 * 1024 ** 3
  ),
  maxUnfinishedUploads: Config.withDefault(
    Config.withDescription(
      positive("MAX_UNFINISHED_UPLOADS"),
      "Resumable uploads that may be unfinished at once, on all servers."
    ),
    1000
  ),
  maxUnfinishedUploadsSize: Config.withDefault(
    Config.withDescription(
      positive("MAX_UNFINISHED_UPLOADS_SIZE"),
      "Bytes that unfinished resumable uploads may have together, on all servers. They wait in `DATA_DIR`, or in the bucket."
    ),
    256 * 1024 ** 3
  ),
  maxConnectionsPerAddress: Config.withDefault(
    Config.integer("MAX_CONNECTIONS_PER_ADDRESS").pipe(
      Config.validate({ message: "expected a whole number, or 0 for no limit", validation: (number) => number >= 0 }),
      Config.withDescription(
        "Connections that one IP address may open at once. 0: no limit. Connections of trusted proxies are not counted."
      )
    ),
    2500
  )
})
