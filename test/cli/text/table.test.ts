import { describe, expect, it } from 'vitest'
import { type Column, renderTable, tableLines } from '../../../src/cli/text/table.js'

interface Fruit {
  readonly name: string
  readonly count: number
  readonly colour: string
}

const ROWS: readonly Fruit[] = [
  { name: 'fig', count: 7, colour: 'blue' },
  { name: 'pomegranate', count: 1200, colour: 'red' },
]
const COLUMNS: readonly Column<Fruit>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'COUNT', cell: ({ count }) => String(count), align: 'right', optional: true },
  { title: 'COLOUR', cell: ({ colour }) => colour, optional: true },
]

describe('a table', () => {
  const cases: [string, number | undefined, string[]][] = [
    [
      'columns as wide as they have to be, and no blanks at the ends of lines',
      undefined,
      ['NAME         COUNT  COLOUR', 'fig              7  blue', 'pomegranate   1200  red'],
    ],
    [
      'all of them where they just fit',
      26,
      ['NAME         COUNT  COLOUR', 'fig              7  blue', 'pomegranate   1200  red'],
    ],
    ['one less where they do not', 25, ['NAME         COUNT', 'fig              7', 'pomegranate   1200']],
    ['only what must be there', 17, ['NAME', 'fig', 'pomegranate']],
    ['that also where there is no room for it', 3, ['NAME', 'fig', 'pomegranate']],
  ]
  it.each(cases)('has %s', (_, room, expected) => {
    expect(tableLines(COLUMNS, ROWS, room)).toEqual(expected)
  })

  it('is its header alone where there are no rows', () => {
    expect(renderTable(COLUMNS, [])).toBe('NAME  COUNT  COLOUR\n')
  })

  it('is as wide in colour as without', () => {
    const painted = COLUMNS.map(column => ({ ...column, paint: (text: string) => `<${text}>` }))
    expect(renderTable(painted, ROWS)).toBe(
      'NAME         COUNT  COLOUR\n<fig>              <7>  <blue>\n<pomegranate>   <1200>  <red>\n',
    )
  })
})
