// The result of the smoke check as JUnit XML, in the subset that Jenkins, GitLab and the readers on GitHub
// agree on.
import type { SmokeRow } from './row.js'
import type { SmokeResult } from './smoke-test.js'

/** The whole file. A slow check is a failure where the run was strict. */
export function junit(result: SmokeResult): string {
  const { rows, url, engine, version, strict, startedAt, durationMs } = result
  const counts = {
    tests: rows.length,
    failures: rows.filter(row => isFailure(row, strict)).length,
    errors: 0,
  }
  const time = seconds(durationMs)
  // No `skipped` on the outer element and no `properties` in a testcase: the schema of Jenkins' xUnit plugin
  // refuses both.
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: SUITE, ...counts, time })}>`,
    `  <testsuite${attributes({
      name: SUITE,
      ...counts,
      skipped: rows.filter(row => row.verdict === 'skipped').length,
      time,
      // UTC, without Z and fraction, as JUnit itself writes it: not every reader accepts more.
      timestamp: startedAt.slice(0, 19),
    })}>`,
    '    <properties>',
    ...Object.entries({ url, engine: engine ?? 'unknown', version: version ?? 'unknown', strict }).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...rows.flatMap(row => testcase(row, strict)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const SUITE = 'skyfly test'
// GitLab shows it as the name of the suite; Jenkins as package and class.
const CLASS = 'skyfly.test'

function testcase(row: SmokeRow, strict: boolean): string[] {
  const { name, samples, medianMs, p99Ms, limitMs, verdict, detail, durationMs } = row
  const message = detail === '' ? verdict : detail
  const numbers = `verdict ${verdict}, median ${ms(medianMs)}, p99 ${ms(p99Ms)}, limit of the median ${limitMs} ms, ${samples} samples`
  return [
    `    <testcase${attributes({ classname: CLASS, name, time: seconds(durationMs) })}>`,
    // The message stands there twice: GitLab used to read only the text, and Jenkins shows the attribute as
    // the heading.
    ...(isFailure(row, strict)
      ? [
          `      <failure${attributes({ type: verdict, message })}>${escaped(`${message}\n${numbers}`)}</failure>`,
        ]
      : []),
    ...(verdict === 'skipped' ? [`      <skipped${attributes({ message })}/>`] : []),
    `      <system-out>${escaped(detail === '' ? numbers : `${numbers}\n${detail}`)}</system-out>`,
    '    </testcase>',
  ]
}

function isFailure({ verdict }: SmokeRow, strict: boolean): boolean {
  return verdict === 'failed' || (verdict === 'slow' && strict)
}

function attributes(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escaped(String(value)).replace(/[\t\n\r]/g, c => `&#${c.charCodeAt(0)};`)}"`,
    )
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

// XML 1.0 has no way to write most control characters, half a surrogate pair, or U+FFFE and U+FFFF: they are
// left out.
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}

function ms(value: number | null): string {
  return value === null ? '-' : `${value} ms`
}

// In fixed point, because not every reader understands an exponent.
function seconds(valueMs: number): string {
  return (valueMs / 1000).toFixed(3)
}
