// What a goal is: from the figures of a line to what was reached of it. Undefined: there is nothing to compare with.

/** At most so many times as long as a contestant. */
export const times =
  (limit, than) =>
  ({ own, beside }) =>
    beside[than] && {
      is: `${(own / beside[than]).toFixed(2)} x ${than}`,
      goal: `${limit.toFixed(2)} x`,
      reached: own <= limit * beside[than],
    }

/** At most so much more than a contestant. */
export const plus =
  (limit, than) =>
  ({ own, beside, unit }) =>
    beside[than] && {
      is: `${than} ${signed(own - beside[than])} ${unit}`,
      goal: `+ ${limit} ${unit}`,
      reached: own <= beside[than] + limit,
    }

/** What comes on top of one contestant is at most so many times another. */
export const timesOver =
  (limit, than, over) =>
  ({ own, beside }) =>
    beside[than] &&
    beside[over] && {
      is: `${((own - beside[over]) / beside[than]).toFixed(2)} x ${than} over ${over}`,
      goal: `${limit.toFixed(2)} x`,
      reached: own - beside[over] <= limit * beside[than],
    }

/** An amount that stands for itself. */
export const atMost =
  limit =>
  ({ own, unit }) => ({
    is: amount(own, unit),
    goal: amount(limit, unit),
    reached: own <= limit,
  })

/** `0.0712 %`, `50 MB`, `1.05 s`, `57 ms`: as many digits as mean something. */
export function amount(value, unit) {
  const digits = value === 0 || value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`
}

const signed = value => `${value < 0 ? '-' : '+'} ${Math.abs(value).toFixed(1)}`
