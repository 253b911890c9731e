// Answers that are not files: their body, of limited size, or what it says about a failure.
import type { HttpResponse } from './http.js'
import { explainStatus, HttpError, redacted } from './http-failures.js'

/** The body as text. @throws HttpError when it is larger than `maxBytes` */
export async function textOf(response: HttpResponse, maxBytes: number): Promise<string> {
  const { text, isWhole } = await beginning(response, maxBytes)
  if (isWhole) return text
  throw new HttpError(`the answer of ${redacted(response.url)} is larger than ${maxBytes} bytes`, {
    hint: 'check that the address is right',
  })
}

/** The error for a response other than the one that was asked for, with what the server says about it. */
export async function refusalOf(response: HttpResponse): Promise<HttpError> {
  // Where the body breaks off, the status has to do.
  const { text } = await beginning(response, REASON_BYTES).catch(() => ({ text: '' }))
  const retryAfterMs = retryAfter(response.header('retry-after'))
  return explainStatus(response.status, response.url, { said: text, retryAfterMs })
}

const REASON_BYTES = 4096

async function beginning(
  { body }: HttpResponse,
  maxBytes: number,
): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes) break
  }
  const text = Buffer.concat(chunks).subarray(0, maxBytes).toString()
  return { text, isWhole: bytes <= maxBytes }
}

/** The value of Retry-After: seconds, or a date. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
