// Colours for text on a terminal.
import { styleText } from 'node:util'

export type Paint = (format: 'bold' | 'dim' | 'gray' | 'green' | 'red' | 'yellow', text: string) => string

/**
 * @param hasColours whether the stream in question shows colours; left alone, styleText would ask standard
 * output
 */
export function painter(hasColours: boolean): Paint {
  return (format, text) => (hasColours ? styleText(format, text, { validateStream: false }) : text)
}
