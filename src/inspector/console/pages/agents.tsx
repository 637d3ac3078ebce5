import { Notice } from '../parts/notice.tsx';

export function AgentsPage() {
  return <Notice title="Agents">This page is being written.</Notice>;
}
