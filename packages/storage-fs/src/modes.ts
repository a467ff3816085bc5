/** The permission bits of new files and folders. */
export interface Modes {
  readonly file: number
  readonly folder: number
}

/** Sources and work files are not public, so only the user of this program may read them. */
export const privateModes: Modes = { file: 0o600, folder: 0o700 }

/** For hosts whose web server runs as another user and reads the folder directly. */
export const readableModes: Modes = { file: 0o644, folder: 0o755 }
