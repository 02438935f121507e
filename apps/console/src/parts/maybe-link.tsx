/** Text that leads to a record's page where the server says that the reader may open it. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export const MaybeLink = ({ to, children }: { to: string | null | undefined; children: ReactNode }) =>
  to ? <Link to={to}>{children}</Link> : children
