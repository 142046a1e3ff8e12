/** What was started, to be ended in the opposite order: all of it after an orderly stop, what there is after a failed start. */

export interface Closing {
  /** Called once, after everything that is named later. */
  last(close: () => unknown): void
  /** One that fails keeps no other from ending; the first failure is thrown at the end. */
  all(): Promise<void>
}

export function closingInReverse(): Closing {
  const closes: (() => unknown)[] = []
  return {
    last: (close) => {
      closes.push(close)
    },
    async all() {
      const failures: unknown[] = []
      for (let close = closes.pop(); close !== undefined; close = closes.pop()) {
        try {
          await close()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
