// Sizes as Redis reads them: 100mb, 1g, 512k.

/** In bytes; undefined if the text is no size. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,15})([a-z]*)$/i.exec(text) ?? []
  const factor = FACTORS.get(unit.toLowerCase())
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor
}

const FACTORS: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    '': 1,
    b: 1,
    k: 1000,
    kb: 1024,
    m: 1000 ** 2,
    mb: 1024 ** 2,
    g: 1000 ** 3,
    gb: 1024 ** 3,
  }),
)
