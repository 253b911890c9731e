// How long the two commands take that only print.
import { times } from '../goals.js'
import { sideBySide } from '../side-by-side.js'

export const help = {
  name: 'help',
  about: '`skyfly --help`, `--version`',
  async measure(workplace) {
    const { run } = workplace.newProject()
    const medians = await sideBySide(
      {
        help: async () => (await run(['--help'])).ms,
        version: async () => (await run(['--version'])).ms,
        'node -e 0': () => workplace.emptyNode(),
      },
      workplace.rounds(25),
    )
    const line = (what, own) => ({
      what,
      unit: 'ms',
      own,
      beside: { 'node -e 0': medians['node -e 0'] },
      goals: [times(1.3, 'node -e 0')],
    })
    return [line('`skyfly --help`', medians.help), line('`skyfly --version`', medians.version)]
  },
}
