import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { contractRoutes } from './contract-routes.ts'

/** Where `vite` in development forwards calls: a running server of the house. */
const server = process.env['HENGJIAN_SERVER'] ?? 'http://127.0.0.1:8420'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [contractRoutes(), react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The CSP allows no inline script or data: font; small pictures stay files too.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'charts', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 3 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': server } },
})
