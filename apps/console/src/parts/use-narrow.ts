import { useSyncExternalStore } from 'react'

const narrow = window.matchMedia('(max-width: 700px)')

/** Whether the window is as narrow as a telephone: lists become cards, the menu a drawer. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      narrow.addEventListener('change', listener)
      return () => narrow.removeEventListener('change', listener)
    },
    () => narrow.matches,
  )
