import { describe, expect, it } from 'vitest'
import { junit } from '../../src/smoke/junit.js'
import { judgeRow, type SmokeRow } from '../../src/smoke/row.js'
import type { SmokeResult } from '../../src/smoke/smoke-test.js'

const OK = judgeRow('PING', [0.041, 0.062, 0.05], 5, 1.25)
const SLOW = judgeRow('SET/GET', [11, 12, 13], 10, 49)
const FAILED = judgeRow('LPUSH', [], 8, 2, { verdict: 'failed', detail: 'LLEN answered 4 instead of 3' })
const SKIPPED = judgeRow('BRPOP', [], 15, 0, { verdict: 'skipped', detail: 'LPUSH failed' })

function result(rows: readonly SmokeRow[], more: Partial<SmokeResult> = {}): SmokeResult {
  return {
    url: 'redis://bob:***@127.0.0.1:6379',
    address: '127.0.0.1:6379',
    engine: 'redis',
    version: '7.0.15',
    startedAt: '2026-11-20T08:40:27.752Z',
    durationMs: 1234.567,
    strict: false,
    ok: true,
    rows,
    ...more,
  }
}

describe('the JUnit file', () => {
  it('is one suite with counts, time in seconds and properties, in the form that readers agree on', () => {
    expect(junit(result([OK, SLOW, FAILED, SKIPPED]))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="skyfly test" tests="4" failures="1" errors="0" time="1.235">
  <testsuite name="skyfly test" tests="4" failures="1" errors="0" skipped="1" time="1.235" timestamp="2026-11-20T08:40:27">
    <properties>
      <property name="url" value="redis://bob:***@127.0.0.1:6379"/>
      <property name="engine" value="redis"/>
      <property name="version" value="7.0.15"/>
      <property name="strict" value="false"/>
    </properties>
    <testcase classname="skyfly.test" name="PING" time="0.001">
      <system-out>verdict ok, median 0.05 ms, p99 0.062 ms, limit of the median 5 ms, 3 samples</system-out>
    </testcase>
    <testcase classname="skyfly.test" name="SET/GET" time="0.049">
      <system-out>verdict slow, median 12 ms, p99 13 ms, limit of the median 10 ms, 3 samples
the median is over the limit of 10 ms</system-out>
    </testcase>
    <testcase classname="skyfly.test" name="LPUSH" time="0.002">
      <failure type="failed" message="LLEN answered 4 instead of 3">LLEN answered 4 instead of 3
verdict failed, median -, p99 -, limit of the median 8 ms, 0 samples</failure>
      <system-out>verdict failed, median -, p99 -, limit of the median 8 ms, 0 samples
LLEN answered 4 instead of 3</system-out>
    </testcase>
    <testcase classname="skyfly.test" name="BRPOP" time="0.000">
      <skipped message="LPUSH failed"/>
      <system-out>verdict skipped, median -, p99 -, limit of the median 15 ms, 0 samples
LPUSH failed</system-out>
    </testcase>
  </testsuite>
</testsuites>
`)
  })

  it('counts a slow check as a failure when the run was strict', () => {
    const xml = junit(result([OK, SLOW], { strict: true, ok: false }))
    expect(xml).toContain('tests="2" failures="1"')
    expect(xml).toContain('<failure type="slow" message="the median is over the limit of 10 ms">')
  })

  it('says unknown where the server does not tell what it is', () => {
    expect(junit(result([OK], { engine: null, version: null }))).toContain('name="engine" value="unknown"')
  })

  it.each([
    ['markup', `<a href="x">&'</a>`, '&lt;a href=&quot;x&quot;&gt;&amp;&apos;&lt;/a&gt;'],
    ['the end of CDATA', ']]>', ']]&gt;'],
    ['colours and NUL', '\u001b[31mred\u0000', '[31mred'],
    ['half a surrogate pair', 'a\ud800b', 'ab'],
    ['what is no character', 'a\ufffe\uffffb', 'ab'],
    ['an emoji', 'a\u{1f600}b', 'a\u{1f600}b'],
    ['line ends', 'a\r\nb\tc', 'a&#13;&#10;b&#9;c'],
  ])('takes %s in the words of a server', (_, detail, written) => {
    const xml = junit(result([judgeRow('PING', [], 5, 0, { verdict: 'failed', detail })]))
    expect(xml).toContain(`message="${written}"`)
    expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
  })
})
