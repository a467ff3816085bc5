/** Builds the packages, packs those with these names, or all, and returns the paths of the tarballs. */
export declare const packAll: (folder: string, names?: ReadonlyArray<string>) => ReadonlyArray<string>
/** Installs the tarballs with their peers in an empty folder. */
export declare const installIn: (consumer: string, tarballs: ReadonlyArray<string>) => void
