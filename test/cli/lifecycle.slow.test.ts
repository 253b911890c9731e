import { describe, it } from 'vitest'
import { ENGINES, keepsEveryKey, runsAtOnce } from './endurance.js'

describe.each(ENGINES)('%s under skyfly', engine => {
  it('keeps every key over many starts and stops in a row', () => keepsEveryKey(engine, 20))
  it('runs ten instances at once, and stops them all', () => runsAtOnce(engine, 10))
})
