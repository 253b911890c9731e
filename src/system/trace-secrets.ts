// Takes out of a trace what must not be in a bug report: passwords, tokens, and the signatures of addresses.

const SECRET_VARIABLE = /TOKEN|PASS|SECRET|KEY|AUTH|CREDENTIAL/i
/** Shorter values would blot out half of the text. */
const MIN_SECRET_LENGTH = 4

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ in an address, and whatever follows its ?
  [/(:\/\/)[^\s/@]*@/g, '$1***@'],
  [/(\bhttps?:\/\/[^\s?"']*)\?[^\s"']*/g, '$1?***'],
  // --requirepass VALUE, --requirepass=VALUE, "masterauth","VALUE", and alike
  [/((?:pass|auth|secret|token|credential)[\w-]*["']?(?:\s*[=:,]\s*|\s+)["']?)[^\s"',]+/gi, '$1***'],
]

/** @param env whose variables that look like secrets are taken out wherever their values stand */
export function secretsRemover(env: NodeJS.ProcessEnv): (text: string) => string {
  const values = Object.entries(env).flatMap(([name, value = '']) =>
    SECRET_VARIABLE.test(name) && value.length >= MIN_SECRET_LENGTH ? [value] : [],
  )
  return text => {
    const known = values.reduce((rest, value) => rest.replaceAll(value, '***'), text)
    return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), known)
  }
}
