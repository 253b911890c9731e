// The configs of all instances of the project around the working folder.
import type { Config } from '../config/config.js'
import { instanceNames, readProject } from '../config/project.js'
import { loadConfig } from '../config/resolve.js'
import type { Io } from './io.js'

export function everyInstance(io: Io): readonly Config[] {
  const { root, project } = readProject(io.cwd())
  return instanceNames(root, project).map(name => loadConfig({ flags: { name }, cwd: io.cwd(), env: io.env }))
}
