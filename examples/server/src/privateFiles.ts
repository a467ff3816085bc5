// Imported first by every program of the server. All files that it and its children write are for their user alone:
// videos, secrets, work files of FFmpeg.
process.umask(0o077)
