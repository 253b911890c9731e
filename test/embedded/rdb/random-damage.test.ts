import { describeRandomDamage } from './random-damage.js'

describeRandomDamage(1_000)
