import { describeRandomDamage } from './random-damage.js'

describeRandomDamage(10_000)
