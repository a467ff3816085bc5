import { Schema } from "effect"

const MAX_LENGTH = 1024

const isSafeSegment = (segment: string): boolean => segment !== "" && segment !== "." && segment !== ".."

/** True for a relative path of plain segments. Such a path cannot leave the root of the storage or name a folder. */
export const isFileKey = (value: string): boolean =>
  value.length > 0 &&
  value.length <= MAX_LENGTH &&
  // File systems and databases cannot store half a surrogate pair.
  value.isWellFormed() &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused here
  !/[\u0000-\u001f\u007f\\]/.test(value) &&
  value.split("/").every(isSafeSegment)

/**
 * The path of a file in storage: segments joined by `/`, relative, without `.`, `..`, empty segments, backslashes or
 * control characters, at most 1024 characters. A valid key cannot name anything outside the root.
 */
export const FileKey = Schema.String.pipe(
  Schema.filter((value) => isFileKey(value) || "expected a relative path of plain segments"),
  Schema.brand("FileKey")
)
export type FileKey = typeof FileKey.Type

/** The key of a file in a folder. The folder is itself a key. */
export const inFolder = (folder: FileKey, name: string): FileKey => FileKey.make(`${folder}/${name}`)

/** The key of a file or folder beside this folder. */
export const beside = (folder: FileKey, name: string): FileKey =>
  FileKey.make(folder.slice(0, folder.lastIndexOf("/") + 1) + name)

/** The extension of the file in lower case: 1 to 8 of `[a-z0-9]`. `bin` when it has none. */
export const extensionOf = (key: FileKey): string => /\.([a-z0-9]{1,8})$/.exec(key.toLowerCase())?.[1] ?? "bin"

/**
 * The key as a tolerant file system compares it: without case, forms of a letter and invisible characters. Compare this
 * form wherever a name decides who may read or remove a file: on macOS and Windows `Uploads` opens `uploads`.
 */
export const folded = (key: string): string =>
  key
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase()
