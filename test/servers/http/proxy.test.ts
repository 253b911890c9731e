import { describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { proxyFor } from '../../../src/servers/http/proxy.js'

describe('the proxy for an address', () => {
  const GITHUB = 'https://github.com/x'
  const named = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)?.name

  const cases: readonly [string, string, NodeJS.ProcessEnv, string | undefined][] = [
    ['is none by default', GITHUB, {}, undefined],
    ['is HTTPS_PROXY for https', GITHUB, { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, 'p:1'],
    ['is HTTP_PROXY for http', 'http://a/', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, 'q:2'],
    ['is not HTTP_PROXY for https', GITHUB, { HTTP_PROXY: 'http://q:2' }, undefined],
    ['is ALL_PROXY for both', GITHUB, { ALL_PROXY: 'http://p:1' }, 'p:1'],
    ['is the one in lower case', GITHUB, { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'q:2'],
    [
      'is the one in upper case when the other one is empty',
      GITHUB,
      { HTTPS_PROXY: 'http://p:1', https_proxy: '' },
      'p:1',
    ],
    ['may be named without http://', GITHUB, { HTTPS_PROXY: 'p.example.com:3128' }, 'p.example.com:3128'],
  ]
  it.each(cases)('%s', (_, url, env, name) => {
    expect(named(url, env)).toBe(name)
  })

  it('has its user name and password apart from its address', () => {
    expect(proxyFor(new URL(GITHUB), { HTTPS_PROXY: 'http://me:p%40s%s@p:3128' })).toEqual({
      origin: 'http://p:3128',
      name: 'p:3128',
      from: 'HTTPS_PROXY',
      authorization: `Basic ${btoa('me:p%40s%s')}`,
    })
  })

  const exempt: readonly [string, string, boolean][] = [
    ['*', GITHUB, true],
    ['github.com', GITHUB, true],
    ['GitHub.com', GITHUB, true],
    ['hub.com', GITHUB, false],
    ['github.com.evil', GITHUB, false],
    ['a, github.com', GITHUB, true],
    ['a github.com', GITHUB, true],
    ['github.com', 'https://api.github.com/', true],
    ['.github.com', 'https://api.github.com/', true],
    ['*.github.com', 'https://api.github.com/', true],
    ['api.github.com', GITHUB, false],
    ['github.com:443', GITHUB, true],
    ['github.com:8443', GITHUB, false],
    ['a:8443', 'https://a:8443/', true],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['::1', 'https://[::1]/', true],
    ['[::1]', 'https://[::1]/', true],
    ['[::1]:443', 'https://[::1]/', true],
    ['fd00::/8', 'https://[fd12::1]/', true],
    ['', GITHUB, false],
  ]
  it.each(exempt)('with NO_PROXY=%s and %s is none: %s', (NO_PROXY, url, isExempt) => {
    expect(named(url, { HTTPS_PROXY: 'http://p:1', NO_PROXY }) === undefined).toBe(isExempt)
  })

  it.each(['socks5://me:secret@p:1', 'http://me:secret@p:x'])('refuses %s without showing it', address => {
    const refused = () => named(GITHUB, { https_proxy: address })
    expect(refused).toThrow(SkyflyError)
    expect(refused).toThrow(/^https_proxy does not name a proxy that skyfly can use$/)
  })
})
