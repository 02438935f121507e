/** Light and dark, one accent colour; the choice is kept in the browser. */

import { type ThemeConfig, theme } from 'antd'
import { useSyncExternalStore } from 'react'

export type Shade = 'light' | 'dark'

const KEY = 'hengjian.shade'
const listeners = new Set<() => void>()
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')

const read = (): Shade => {
  const kept = localStorage.getItem(KEY)
  if (kept === 'light' || kept === 'dark') return kept
  return systemDark.matches ? 'dark' : 'light'
}

let shade = read()
document.documentElement.dataset['theme'] = shade

/** Switch and remember. */
export function setShade(next: Shade): void {
  shade = next
  localStorage.setItem(KEY, next)
  document.documentElement.dataset['theme'] = next
  for (const listener of listeners) listener()
}

/** The shade in use. */
export const useShade = (): Shade =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shade,
  )

const darkGrounds = {
  colorBgContainer: '#18202a',
  colorBgElevated: '#202a36',
  colorBorder: '#3a4654',
  colorBorderSecondary: '#2a3441',
}

const lightTints = {
  colorPrimaryBg: '#eaf1f8',
  colorPrimaryBgHover: '#d9e6f2',
  colorPrimaryBorder: '#b3cce3',
  colorPrimaryHover: '#2f72b4',
  colorInfoBg: '#eaf1f8',
  colorInfoBorder: '#b3cce3',
  colorSuccessBg: '#e8f5ed',
  colorSuccessBorder: '#a9d5ba',
  colorWarningBg: '#fdf4e3',
  colorWarningBorder: '#ecc98d',
  colorErrorBg: '#fdeeec',
  colorErrorBorder: '#f0b4ae',
  controlItemBgActive: '#eaf1f8',
  controlItemBgActiveHover: '#d9e6f2',
}

/** Ant Design's settings for a shade. */
export const themeOf = (of: Shade): ThemeConfig => ({
  algorithm: of === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
  token: {
    // In the dark, fills carry white text and stay deep; text in the accent is lighter.
    colorPrimary: of === 'dark' ? '#3d7fc2' : '#1f5a94',
    colorInfo: of === 'dark' ? '#8dbdec' : '#1f5a94',
    colorLink: of === 'dark' ? '#7fb3e6' : '#1f5a94',
    colorBgLayout: of === 'dark' ? '#10151b' : '#f3f5f7',
    // AA on white: Ant Design's own secondary grey is too light for text that people must read.
    colorTextSecondary: of === 'dark' ? 'rgba(255,255,255,0.68)' : 'rgba(0,0,0,0.62)',
    colorTextTertiary: of === 'dark' ? 'rgba(255,255,255,0.58)' : 'rgba(0,0,0,0.56)',
    colorTextPlaceholder: of === 'dark' ? 'rgba(255,255,255,0.5)' : 'rgba(0,0,0,0.5)',
    colorSuccess: of === 'dark' ? '#4fae7a' : '#1d7a47',
    colorWarning: of === 'dark' ? '#d9a13a' : '#a86400',
    colorError: of === 'dark' ? '#e5695f' : '#c0312b',
    // The palettes made from deep tones come out muddy; tints are chosen.
    ...(of === 'dark' ? darkGrounds : lightTints),
    borderRadius: 4,
    borderRadiusLG: 6,
    fontFamily:
      "system-ui, -apple-system, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
  },
  components: {
    Table: { cellPaddingBlockSM: 6, headerBg: of === 'dark' ? '#202a36' : '#f3f5f7' },
    Menu: {
      itemHeight: 34,
      itemMarginBlock: 2,
      groupTitleFontSize: 12,
      ...(of === 'dark' ? { itemSelectedColor: '#a9d0f5' } : {}),
    },
    Layout: { headerBg: 'transparent' },
  },
})
