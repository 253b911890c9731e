import { describeLongDoubles } from './long-double-sums.js'

describeLongDoubles({ every: 5, pairs: 500 })
