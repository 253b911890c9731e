// The configs of all instances of the project around the working folder.
import type { Config } from '../config/config.js'
import { instanceNames, readProject } from '../config/project.js'
import { loadConfig } from '../config/resolve.js'
import { readRecorded } from '../supervisor/status.js'
import type { Io } from './io.js'

export function everyInstance(io: Io): readonly Config[] {
  const { root, project } = readProject(io.cwd())
  const configs = instanceNames(root, project).map(name =>
    loadConfig({ flags: { name }, cwd: io.cwd(), env: io.env }),
  )
  // Any other .json file in data/ is somebody else's.
  return configs.filter(
    ({ name, files }) => project.instances.has(name) || readRecorded(files.stateFile) !== undefined,
  )
}
