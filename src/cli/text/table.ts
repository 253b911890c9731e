// A table for people: columns are as wide as their contents, and the least important ones are dropped when
// space is short.

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** @default 'left' */
  readonly align?: 'right'
  /** Colours the text of a cell without changing its visible width. */
  readonly paint?: (text: string, row: Row) => string
  /** Dropped when the table is wider than the terminal, the last such column first. */
  readonly optional?: boolean
}

/** The header and one line for each row, without line feeds. `room` is the width of the terminal. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  room = Number.POSITIVE_INFINITY,
): readonly string[] {
  const all = columns.map(column => {
    const cells = rows.map(column.cell)
    return { column, cells, width: Math.max(column.title.length, ...cells.map(cell => cell.length)) }
  })
  const shown = [...all]
  while (widthOf(shown) > room) {
    const least = shown.findLastIndex(({ column }) => column.optional === true)
    if (least === -1) break
    shown.splice(least, 1)
  }
  const header = shown.map(({ column, width }) => padded(column.title, column.title, width, column))
  const body = rows.map((row, index) =>
    shown.map(({ column, cells, width }) => {
      const cell = cells[index] ?? ''
      return padded(cell, column.paint?.(cell, row) ?? cell, width, column)
    }),
  )
  return [header, ...body].map(cells => cells.join(GAP).trimEnd())
}

/** The same lines as one text, each ending with a line feed. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  room?: number,
): string {
  return tableLines(columns, rows, room)
    .map(line => `${line}\n`)
    .join('')
}

const GAP = '  '

function widthOf(columns: readonly { readonly width: number }[]): number {
  return columns.reduce((sum, { width }) => sum + width, GAP.length * (columns.length - 1))
}

function padded(
  cell: string,
  painted: string,
  width: number,
  { align }: { readonly align?: 'right' },
): string {
  const blanks = ' '.repeat(width - cell.length)
  return align === 'right' ? blanks + painted : painted + blanks
}
