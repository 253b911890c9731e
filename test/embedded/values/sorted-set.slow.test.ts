import { describeSortedSetSpeed } from './sorted-set-speed.js'

describeSortedSetSpeed(200_000)
