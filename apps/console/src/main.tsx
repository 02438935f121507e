import { createRoot } from 'react-dom/client'
import { Console } from './app.tsx'
import './console.css'

createRoot(document.getElementById('root')!).render(<Console />)
