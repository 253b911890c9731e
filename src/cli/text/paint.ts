// Colours for text on a terminal.
import { styleText } from 'node:util'

export type Paint = (format: 'bold' | 'dim' | 'gray' | 'green' | 'red' | 'yellow', text: string) => string

/** @param hasColours decided by the stream that it is for: styleText alone would look at standard output, whatever is written to */
export function painter(hasColours: boolean): Paint {
  return (format, text) => (hasColours ? styleText(format, text, { validateStream: false }) : text)
}
