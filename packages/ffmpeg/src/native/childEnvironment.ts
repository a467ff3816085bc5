/**
 * The variables that a child process inherits: program and library paths, locale, temporary folder, network settings and
 * the selection of GPUs. All other variables are dropped, because they may contain secrets such as a database password. FFREPORT is
 * dropped as well, because it makes FFmpeg write a log file.
 */
const inherited: ReadonlySet<string> = new Set(
  [
    "path home user logname lang language lc_all lc_ctype tz tmpdir tmp temp",
    "ld_library_path dyld_library_path dyld_fallback_library_path nix_ld nix_ld_library_path",
    "cuda_visible_devices libva_driver_name libva_drivers_path",
    "http_proxy https_proxy no_proxy ssl_cert_file ssl_cert_dir",
    "systemroot systemdrive windir comspec pathext userprofile appdata localappdata"
  ].flatMap((names) => names.split(" "))
)

/** Returns the minimal environment of a child process with the given variables added. */
export const childEnvironment = (added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => inherited.has(name.toLowerCase()))),
  ...added
})
