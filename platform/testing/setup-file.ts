/** Vitest's setup file, run in each test file: remembers whether one of its tests failed, so that databases stay. */
import { afterEach } from 'vitest'
import { noteFailure } from './outcome.ts'

afterEach(({ task }) => {
  if (task.result?.state === 'fail') noteFailure()
})
