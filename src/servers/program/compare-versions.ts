// Which of two versions is newer.

/** For sorting, oldest first; a version with a suffix comes before the one without. */
export function compareVersions(a: string, b: string): number {
  const [[numbersA = '', suffixA], [numbersB = '', suffixB]] = [a.split(/-(.*)/), b.split(/-(.*)/)]
  return (
    byNumber(numbersA, numbersB) ||
    Number(suffixA === undefined) - Number(suffixB === undefined) ||
    byNumber(suffixA ?? '', suffixB ?? '')
  )
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
