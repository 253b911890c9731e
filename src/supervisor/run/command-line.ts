// How words become the one command line that Windows hands to a program of Cygwin or MSYS2: pure.

/**
 * Every word in double quotes: these programs expand `*`, `?`, `~` and `{}`, take `'` for a quote and `@file`
 * for the words of a file, wherever they stand without quotes. Inside quotes `\"` is a quote, as for any
 * program of Windows.
 */
export const layeredWord = (word: string): string => `"${isOnDrive(word) ? escaped(word) : doubled(word)}"`

/** In `C:\...` they leave backslashes alone, except before a quote. */
const isOnDrive = (word: string): boolean => /^[a-z]:/i.test(word)

const escaped = (word: string): string => word.replace(/\\*("|$)/g, slashes => beforeQuote(slashes))

/** In any other word they turn two backslashes into one, as in `\\server\share`. */
const doubled = (word: string): string =>
  word.replace(/\\{2,}(?!\\*(?:"|$))|\\*("|$)/g, slashes =>
    /^\\+$/.test(slashes) ? slashes.repeat(2) : beforeQuote(slashes),
  )

function beforeQuote(found: string): string {
  const slashes = found.replace('"', '')
  return slashes.repeat(2) + (found.endsWith('"') ? '\\"' : '')
}
