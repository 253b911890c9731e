// The configs of all instances of the project around the working folder.
import type { Config } from '../config/config.js'
import { instanceNames, readProject } from '../config/project.js'
import { loadConfig } from '../config/resolve.js'
import { readRecord } from '../supervisor/status.js'
import { type Io, workingFolder } from './io.js'

export function everyInstance(io: Io): readonly Config[] {
  const { root, project } = readProject(workingFolder(io), { lenient: true })
  const configs = instanceNames(root, project).map(name =>
    loadConfig({ flags: { name }, cwd: workingFolder(io), env: io.env, lenient: true }),
  )
  // Any other .json file in data/ belongs to somebody else.
  return configs.filter(
    ({ name, files }) => project.instances.has(name) || readRecord(files.stateFile) !== undefined,
  )
}
