import { describeLongDoubles } from './long-double-sums.js'

describeLongDoubles({ every: 1, pairs: 3_000 })
