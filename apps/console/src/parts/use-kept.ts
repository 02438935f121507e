import { useCallback, useState } from 'react'

/** State kept in this browser under `key`: column choice, density, saved filters. */
export function useKept<T>(key: string, initial: T): [T, (next: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = localStorage.getItem(`hengjian.${key}`)
    if (kept === null) return initial
    try {
      return JSON.parse(kept) as T
    } catch {
      return initial
    }
  })
  const keep = useCallback(
    (next: T) => {
      setValue(next)
      localStorage.setItem(`hengjian.${key}`, JSON.stringify(next))
    },
    [key],
  )
  return [value, keep]
}
