import { describe, expect, it } from 'vitest'
import { explainNetwork } from '../../../src/servers/http/network-failures.js'

describe('an error of the network', () => {
  const url = new URL('https://me:secret@github.com/x')
  const proxy = { origin: 'http://p:1', name: 'p:1', from: 'HTTPS_PROXY', authorization: undefined }
  const failed = (code: string, message = 'raw') => Object.assign(new Error(message), { code })
  const explain = (error: unknown, through?: typeof proxy) =>
    explainNetwork(error, { url, proxy: through, connectMs: 10_000, stallMs: 30_000 })

  const rows: readonly [string, string, RegExp, string][] = [
    ['ENOTFOUND', 'github.com cannot be found: no network, or no DNS', /--from FILE/, 'never'],
    ['EAI_AGAIN', 'github.com cannot be found: no name server answers', /--from FILE/, 'connect'],
    ['ECONNREFUSED', 'github.com refuses connections', /check the network/, 'connect'],
    [
      'EHOSTUNREACH',
      'github.com cannot be reached: there is no way to it from this network',
      /network/,
      'connect',
    ],
    [
      'ENETUNREACH',
      'github.com cannot be reached: there is no way to it from this network',
      /network/,
      'connect',
    ],
    ['ETIMEDOUT', 'github.com does not take a connection within 10 s', /network/, 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'github.com does not take a connection within 10 s', /network/, 'connect'],
    ['ECONNRESET', 'github.com closed the connection', /network/, 'always'],
    ['UND_ERR_SOCKET', 'github.com closed the connection', /network/, 'always'],
    ['UND_ERR_HEADERS_TIMEOUT', 'github.com does not answer within 30 s', /network/, 'always'],
    ['UND_ERR_BODY_TIMEOUT', 'github.com sent nothing more for 30 s', /network/, 'always'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'github.com shows a certificate that is signed by an unknown authority or by itself',
      /NODE_EXTRA_CA_CERTS=FILE/,
      'never',
    ],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'github.com shows a certificate that is signed by an unknown authority or by itself',
      /NODE_EXTRA_CA_CERTS=FILE/,
      'never',
    ],
    [
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'github.com shows a certificate that no known authority has signed',
      /NODE_EXTRA_CA_CERTS=FILE/,
      'never',
    ],
    ['CERT_HAS_EXPIRED', 'github.com shows a certificate that has expired', /clock/, 'never'],
    ['CERT_NOT_YET_VALID', 'github.com shows a certificate that is not valid yet', /clock/, 'never'],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'github.com shows a certificate for another name',
      /NODE_EXTRA_CA_CERTS/,
      'never',
    ],
    [
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'github.com cannot be spoken to securely: TLS fails',
      /https/,
      'never',
    ],
    ['EWHATEVER', 'the connection to github.com failed: raw', /network/, 'always'],
  ]
  it.each(rows)('%s reads: %s', (code, message, hint, retry) => {
    const error = explain(failed(code))
    expect(error).toMatchObject({ code: 'download', message, retry })
    expect(error?.hint).toMatch(hint)
  })

  it('is found in what wraps it', () => {
    const wrapped = new TypeError('fetch failed', { cause: failed('ENOTFOUND') })
    expect(explain(wrapped)?.message).toContain('cannot be found')
    expect(explain(Object.assign(wrapped, { code: 'UND_ERR' }))?.message).toContain('cannot be found')
  })

  it.each(['ENOTFOUND', 'ECONNREFUSED', 'ETIMEDOUT'])(
    'is the proxy’s when no connection comes about (%s)',
    code => {
      const error = explain(failed(code), proxy)
      expect(error?.message).toMatch(/^the proxy p:1 /)
      expect(error?.hint).toBe('check HTTPS_PROXY, or name hosts that need no proxy in NO_PROXY')
    },
  )

  it('names the proxy beside the host where either may be the cause', () => {
    expect(explain(failed('ECONNRESET'), proxy)?.message).toBe(
      'github.com (through the proxy p:1) closed the connection',
    )
  })

  it('is no mistake of skyfly', () => {
    expect(explain(new TypeError('x is not a function'))).toBeUndefined()
    expect(explain(failed('UND_ERR_INVALID_ARG'))).toBeUndefined()
    expect(explain('text')).toBeUndefined()
  })
})
