import { connect } from 'node:net'
import { describe, expect } from 'vitest'
import { serveControl } from '../../../src/supervisor/control/server.js'
import { Project } from '../../project.js'
import { itOnPosix } from '../../system.js'

describe('the control server', () => {
  itOnPosix('Windows has a named pipe')(
    'answers a request that it has not read when it is closed',
    async () => {
      await using project = new Project()
      const path = project.controlSocket
      const control = await serveControl(path, async request => request.do)
      let answers = ''
      const sockets = [1, 2, 3].map(() => connect(path))
      const ends = sockets.map(socket => {
        socket.on('data', data => {
          answers += data
        })
        return new Promise(resolve => socket.once('close', resolve))
      })
      await Promise.all(sockets.map(socket => new Promise(resolve => socket.once('connect', resolve))))
      const closed = control.close()
      for (const socket of sockets) socket.write('{"do":"status"}\n')
      await Promise.all([closed, ...ends])
      expect(answers).toBe('{"result":"status"}\n'.repeat(3))
    },
  )
})
