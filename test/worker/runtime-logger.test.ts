import { describe, expect, test } from 'vitest'
import { createLogger, type LogVerbosity } from '../../worker/runtime-logger.js'

function logged(level: LogVerbosity, write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = ''
  write(createLogger({ level, destination: { write: (line) => (text += line) } }))
  return text
}

describe('the log', () => {
  test('blacks out personal fields at the top of an entry and two levels down', () => {
    const account = { accountNumber: '0123456789', serviceAddress: 'Unmistakable Street', customerName: 'Unmistakable' }
    const text = logged('info', (log) => log.info({ ...account, found: account, batch: { first: account } }, 'read'))
    expect(text).not.toMatch(/0123456789|Unmistakable/)
    expect(text.match(/\[Redacted\]/g)).toHaveLength(9)
    expect(JSON.parse(text).msg).toBe('read')
  })

  test('at level silent says nothing, not even an error', () => {
    expect(logged('silent', (log) => log.error('trouble'))).toBe('')
  })

  test('at level warn leaves out what is only information', () => {
    const text = logged('warn', (log) => {
      log.info('information')
      log.warn('warning')
    })
    expect(text).not.toContain('information')
    expect(text).toContain('warning')
  })
})
