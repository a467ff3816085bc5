/** What people upload is kept apart from what is made of it, and is not given out. */
export const uploadsFolder = "uploads"

export const isUpload = (key: string): boolean => key.split("/")[0] === uploadsFolder

/** The longest name, in bytes, that file systems have room for. */
const MAX_NAME = 255

/** Names that begin with a dot are the storage's own, and there is no file with a longer name than these. */
export const namesHidden = (key: string): boolean =>
  key.split("/").some((name) => name.startsWith(".") || Buffer.byteLength(name) > MAX_NAME)
