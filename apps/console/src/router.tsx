/** Addresses of the console: one list of features, each page its own bundle. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { features } from './features/index.ts'
import { NotFoundPage, PageFault } from './shell/fault-pages.tsx'
import { Gate } from './shell/gate.tsx'

const root = createRootRoute({ component: Gate, notFoundComponent: NotFoundPage })

const routes = features.flatMap(({ pages }) =>
  pages.map(({ path, load, name, title }) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: lazyRouteComponent(load, name),
      validateSearch: (search: Record<string, unknown>) => search,
      staticData: { title },
    }),
  ),
)

/** Filters are plain text in the address: no JSON, no guessing of numbers. */
const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text))
const stringifySearch = (search: Record<string, unknown>): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const text = params.toString()
  return text && `?${text}`
}

export const router = createRouter({
  routeTree: root.addChildren(routes),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: PageFault,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    title?: string
  }
}
