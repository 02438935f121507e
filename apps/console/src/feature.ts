/** What a feature brings to the console: its pages and its entries of the menu. */
import type { ComponentType, ReactNode } from 'react'

/** A page, loaded when first opened. `load` resolves to a module, `name` is the component it exports. */
export interface FeaturePage {
  /** Address, with `$id` for parameters. */
  path: string
  load: () => Promise<Record<string, ComponentType>>
  name: string
  /** Title of the browser's window. */
  title: string
}

export const menuGroups = ['', '业务办理', '事中监管', '研判与查办', '数据', '系统管理', '审计'] as const

export interface MenuEntry {
  path: string
  label: string
  group: (typeof menuGroups)[number]
  icon: ReactNode
  /** Shown to those who hold one of these; to everybody when empty. */
  permissions: readonly string[]
}

export interface Feature {
  pages: readonly FeaturePage[]
  menu: readonly MenuEntry[]
}
