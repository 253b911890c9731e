import { describe, expect, it } from 'vitest'
import { type StopPlan, type StopSituation, stopPlan } from '../../../src/supervisor/stop/stop-plan.js'

const SUPERVISED: StopSituation = {
  stopsBy: 'SHUTDOWN',
  hasSignals: true,
  wasReady: true,
  keepsSnapshot: true,
  isWrapped: false,
  knowsPassword: true,
}

const rows: readonly { title: string; situation: Partial<StopSituation>; plan: StopPlan }[] = [
  {
    title: 'SHUTDOWN where it listens to us, and a signal where it does not answer',
    situation: {},
    plan: { by: 'SHUTDOWN', unanswered: 'SIGTERM' },
  },
  {
    title: 'SHUTDOWN for a Dragonfly behind a shell, which would take the signal for itself',
    situation: { stopsBy: 'SIGTERM', isWrapped: true },
    plan: { by: 'SHUTDOWN', unanswered: 'SIGTERM' },
  },
  {
    title: 'SHUTDOWN for a server without a snapshot as well',
    situation: { keepsSnapshot: false },
    plan: { by: 'SHUTDOWN', unanswered: 'SIGTERM' },
  },
  {
    title: 'a signal for an orphan, whose password is not known',
    situation: { knowsPassword: false },
    plan: { by: 'SIGTERM' },
  },
  {
    title: 'a signal for a server that was never ready',
    situation: { wasReady: false },
    plan: { by: 'SIGTERM' },
  },
  {
    title: 'SHUTDOWN again and again where a signal would be the end of it, unsaved',
    situation: { hasSignals: false },
    plan: { by: 'SHUTDOWN', unanswered: 'ask again' },
  },
  {
    title: 'SHUTDOWN for an orphan too, where there are no signals',
    situation: { hasSignals: false, knowsPassword: false },
    plan: { by: 'SHUTDOWN', unanswered: 'ask again' },
  },
  {
    title: 'a signal for what was never ready, where a signal is a kill as well',
    situation: { hasSignals: false, wasReady: false },
    plan: { by: 'SIGTERM' },
  },
  {
    title: 'a signal where SHUTDOWN would wait for paused clients',
    situation: { stopsBy: 'SIGTERM' },
    plan: { by: 'SIGTERM' },
  },
  {
    title: 'SHUTDOWN all the same where there are no signals',
    situation: { stopsBy: 'SIGTERM', hasSignals: false },
    plan: { by: 'SHUTDOWN', unanswered: 'ask again' },
  },
  {
    title: 'SAVE first for a server that does not save at a signal',
    situation: { stopsBy: 'SAVE' },
    plan: { by: 'SAVE', unanswered: 'ask again' },
  },
  {
    title: 'SAVE first for such an orphan as well',
    situation: { stopsBy: 'SAVE', knowsPassword: false },
    plan: { by: 'SAVE', unanswered: 'ask again' },
  },
  {
    title: 'a signal for such a server that has nothing to save',
    situation: { stopsBy: 'SAVE', keepsSnapshot: false },
    plan: { by: 'SIGTERM' },
  },
]

describe('a server is ended by', () => {
  it.each(rows)('$title', ({ situation, plan }) => {
    expect(stopPlan({ ...SUPERVISED, ...situation })).toEqual(plan)
  })
})
