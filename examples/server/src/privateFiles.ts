// Every program of the server imports this first. Only their user can read the files that the program and its children
// write: videos, secrets, work files of FFmpeg.
process.umask(0o077)
