// What an answer that is no file has to say: a body of limited size, or why there is none.
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

/** Why it is not what was asked for, with what the server says to that. */
export async function refusalOf(response: HttpResponse): Promise<HttpError> {
  // The status tells enough where the body breaks off.
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

/** Seconds, or a date. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
