/**
 * The variables that a child process inherits: where programs and libraries are, the locale, where temporary files go, and
 * how to reach the network. Everything else stays here, above all the secrets of the host, such as a password in a
 * database URL. FFmpeg's own FFREPORT, which would make it write a log file, is left out as well.
 */
const inherited: ReadonlySet<string> = new Set(
  [
    "path home user logname lang language lc_all lc_ctype tz tmpdir tmp temp",
    "ld_library_path dyld_library_path dyld_fallback_library_path nix_ld nix_ld_library_path",
    "http_proxy https_proxy no_proxy ssl_cert_file ssl_cert_dir",
    "systemroot systemdrive windir comspec pathext userprofile appdata localappdata"
  ].flatMap((names) => names.split(" "))
)

/** The minimal environment of a child process, with the given variables added. */
export const childEnvironment = (added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => inherited.has(name.toLowerCase()))),
  ...added
})
