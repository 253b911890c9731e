// The page for users names the commands that there are.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../src/embedded/commands/table.js'

const PAGE = readFileSync(new URL('../../docs/embedded.md', import.meta.url), 'utf8')

/** The rows of the table below this heading: group, and commands in backticks. */
function named(): readonly string[] {
  const [, section = ''] = PAGE.split(/^## Commands$/m)
  const [table = ''] = section.split(/^## /m)
  return table
    .split('\n')
    .filter(line => line.startsWith('|'))
    .flatMap(line => [...line.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

it('the table in docs/embedded.md has every command and subcommand once, and no other', () => {
  const names = [...COMMANDS.values()].flatMap(({ name, subcommands }) =>
    subcommands === undefined ? [name] : [name, ...[...subcommands.keys()].map(sub => `${name} ${sub}`)],
  )
  expect([...named()].sort()).toEqual(names.map(name => name.toUpperCase()).sort())
})
