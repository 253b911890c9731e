// What may be shown of the words of others: a terminal would obey some of them, move its cursor or hide what stands above.

/**
 * The text on one line, without escape sequences, control characters, turns of the direction of writing, and halves of
 * surrogate pairs. Line ends become blanks; tabs stay.
 */
export function printable(text: string): string {
  return UNPRINTABLE.test(text)
    ? text.replace(ESCAPE_SEQUENCES, '').replace(LINE_ENDS, ' ').replace(UNPRINTABLES, '')
    : text
}

/** Nearly every line passes this test, which is much faster than the rest. It stops at whole surrogate pairs, too. */
const UNPRINTABLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/
const ESCAPE_SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g
const LINE_ENDS = /\r?\n|[\x85\u2028\u2029]/g
// With /u, \ud800-\udfff means halves alone.
const UNPRINTABLES = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu
