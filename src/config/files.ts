// Where the files of an instance are.
import { join } from 'node:path'
import { sha256OfText } from '../system/hash.js'
import { host } from '../system/platform.js'
import type { InstanceFiles } from './config.js'

/** What decides where a control socket is. */
export type Host = ReturnType<typeof host>

// sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero and a suffix for a name beside it
// included.
const MAX_SOCKET_PATH_BYTES = 100

/** The files of the instance `name` of the project in `root`. */
export function instanceFiles(root: string, name: string, on: Host = host()): InstanceFiles {
  return Object.freeze({
    pidFile: join(root, 'data', `${name}.pid`),
    stateFile: join(root, 'data', `${name}.json`),
    logFile: join(root, 'logs', `${name}.log`),
    controlSocket: controlPath(join(root, 'data', `${name}.sock`), on),
  })
}

/** The control socket that stands for `path`: itself, or a short stand-in where it is too long. */
export function controlPath(path: string, { platform, uid }: Host = host()): string {
  // On Windows it is a file that holds the name of a pipe.
  if (platform === 'win32') return path
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path
  // Not in TMPDIR, which may differ between two shells of one user, although both must find the same socket.
  return `/tmp/skyfly-${uid}/${sha256OfText(path).slice(0, 16)}.sock`
}
